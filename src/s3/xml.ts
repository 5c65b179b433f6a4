/**
 * The XML that S3 speaks: small documents, read into elements, and elements written as text.
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

/**
 * Writes an element with a text in it. Control characters are escaped too: a parser would change a
 * bare carriage return.
 *
 * @param name of the element
 * @param text what it holds
 * @returns XML
 */
export function xmlElement(name: string, text: string | number): string {
  const escaped = String(text).replace(
    /[&<>"\p{Cc}]/gu,
    (c) => `&#x${c.charCodeAt(0).toString(16)};`,
  );
  return `<${name}>${escaped}</${name}>`;
}
