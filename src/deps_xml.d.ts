/** The part of the XML parser that is used here; its module build comes without types. */
export type XmlNode =
  | { type: "Element"; name: string; children: XmlNode[] | null }
  | { type: "Text" | "CDATA" | "Comment" | "ProcessingInstruction"; content: string };

/** Parses a document; throws where it is not well-formed. Entities stay as they are written. */
export default function parseXml(
  text: string,
  options: { strictMode: true },
): { root: XmlNode & { type: "Element" } };
