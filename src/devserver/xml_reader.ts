/**
 * XML as clients send it.
 *
 * @module
 */
import { parseXml, XmlElement } from "./deps.ts";
import { S3Fault } from "./errors.ts";

/**
 * Reads a document that a client sent.
 *
 * @param text the document
 * @param root the name that its root element must have
 * @throws {S3Fault} MalformedXML
 */
export function readXml(text: string, root: string): XmlElement {
  try {
    const element = parseXml(text).root;
    if (element && localName(element) === root) return element;
  } catch {
    // What the parser disliked, S3 does not tell its clients either.
  }
  throw new S3Fault("MalformedXML");
}

/** The child elements of a name. */
export function childElements(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement =>
    child instanceof XmlElement && localName(child) === name
  );
}

/** The text of a child element, or undefined if there is no such child. */
export function childText(element: XmlElement, name: string): string | undefined {
  return childElements(element, name)[0]?.text;
}

function localName(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(":") + 1);
}
