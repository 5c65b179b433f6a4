/**
 * The XML that S3 speaks: small documents, read into elements, and elements written as text.
 *
 * @module
 */
import { parseXml, type XmlNode } from "../deps.ts";

type Element = XmlNode & { type: "Element" };

/** Those that XML has without a DTD. */
const ENTITIES = new Map([["amp", "&"], ["lt", "<"], ["gt", ">"], ["quot", '"'], ["apos", "'"]]);

/** Where a tag begins that is none of XML's: in such a one, the parser searches for very long. */
const NO_TAG = /<(?![!?/]|[^\s"'<=>]+(?:\s+[^\s"'<=>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\/?>)/;

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
 * @param text what came: proxies answer with anything, and a connection may have been cut
 * @returns its root, or undefined if it is not one whole XML document
 */
export function readXml(text: string): Xml | undefined {
  if (NO_TAG.test(text)) return undefined;
  try {
    return wrap(parseXml(text, { strictMode: true }).root);
  } catch {
    return undefined;
  }
}

function wrap({ name, children }: Element): Xml {
  const named = (name: string) =>
    (children ?? []).filter((child): child is Element =>
      child.type === "Element" && localName(child.name) === name
    );
  return {
    name: localName(name),
    get(name) {
      const [first] = named(name);
      return first && (first.children ?? []).map(textOf).join("");
    },
    all: (name) => named(name).map(wrap),
  };
}

function textOf(node: XmlNode): string {
  if (node.type === "CDATA") return node.content.slice("<![CDATA[".length, -"]]>".length);
  if (node.type !== "Text") return "";
  return node.content.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES.get(name) ?? whole;
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
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
