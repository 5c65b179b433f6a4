/**
 * The XML that S3 speaks: small documents, read into elements, written as text.
 *
 * @module
 */
import { parseXml, XmlElement } from "../deps.ts";

/** An element of an answer. */
export interface Xml {
  /** Its name, without a namespace prefix. */
  readonly name: string;
  /** Its own text, that of its children included. */
  readonly text: string;
  /** The text of its first child of that name. */
  get(name: string): string | undefined;
  /** Its children of that name. */
  all(name: string): Xml[];
}

/**
 * Reads a document.
 *
 * @param text the document
 * @returns its root
 * @throws {Error} on text that is not well-formed XML, or is deeper or larger than S3's answers are
 */
export function readXml(text: string): Xml {
  const root = parseXml(text).root;
  if (!root) throw new Error("the document has no root element");
  return wrap(root);
}

function wrap(element: XmlElement): Xml {
  const children = element.children.filter((child) => child instanceof XmlElement);
  const localName = (child: XmlElement) => child.name.slice(child.name.indexOf(":") + 1);
  return {
    name: localName(element),
    get text() {
      return element.text;
    },
    get: (name) => children.find((child) => localName(child) === name)?.text,
    all: (name) => children.filter((child) => localName(child) === name).map(wrap),
  };
}

/** What an element holds: text, or children by name, where an array repeats the name. */
export type XmlContent = string | { [name: string]: XmlContent | XmlContent[] };

/**
 * Writes a document.
 *
 * @param root the name of the root element
 * @param content what it holds
 * @returns the text, in S3's namespace
 */
export function writeXml(root: string, content: XmlContent): string {
  return `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
    writeContent(content)
  }</${root}>`;
}

function writeContent(content: XmlContent): string {
  if (typeof content === "string") return escapeXml(content);
  return Object.entries(content).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item) =>
      `<${name}>${writeContent(item)}</${name}>`
    )
  ).join("");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters are written as references: a parser would change a bare carriage return. */
function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\p{Cc}]/gu,
    (c) => ENTITIES[c] ?? `&#x${c.charCodeAt(0).toString(16)};`,
  );
}
