/**
 * The XML that S3 speaks: small documents, read into elements, written as text.
 *
 * @module
 */
import { parseXml, type XmlNode } from "../deps.ts";

/** An element of an answer. */
export interface Xml {
  /** Its name, without a namespace prefix. */
  readonly name: string;
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
 * @throws {Error} on text that is not one whole XML document
 */
export function readXml(text: string): Xml {
  const nodes = parseXml(text, {
    decodeEntities: true,
    keepWhitespace: true,
    // HTML's void elements are none of XML's.
    selfClosingTags: [],
  });
  const roots = nodes.filter((node) => typeof node === "object" && !node.tagName.startsWith("?"));
  const [root] = roots as XmlNode[];
  // The parser closes what is open where the text ends: an answer that was cut must not pass.
  const end = root?.selfClosed ? "/>" : `</${root?.tagName}>`;
  if (!root || roots.length > 1 || !text.trimEnd().endsWith(end)) {
    throw new Error("expected a whole XML document");
  }
  return wrap(root);
}

function wrap({ tagName, children }: XmlNode): Xml {
  const named = (name: string) =>
    children.filter((child): child is XmlNode =>
      typeof child === "object" && localName(child.tagName) === name
    );
  return {
    name: localName(tagName),
    get: (name) => named(name)[0]?.children.join(""),
    all: (name) => named(name).map(wrap),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
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
  return `<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${write(content)}</${root}>`;
}

function write(content: XmlContent): string {
  if (typeof content === "string") return escape(content);
  return Object.entries(content).flatMap(([name, value]) =>
    [value].flat().map((item) => `<${name}>${write(item)}</${name}>`)
  ).join("");
}

/** Control characters are escaped too: a parser would change a bare carriage return. */
function escape(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (c) => `&#x${c.charCodeAt(0).toString(16)};`);
}
