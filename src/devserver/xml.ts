/**
 * XML as S3 writes it.
 *
 * @module
 */

/** The namespace of every answer but errors. */
export const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** An element: its name, and its text or children; without content it is left out. */
export type XmlNode = readonly [name: string, content: XmlContent];

/** What can stand in an element. */
export type XmlContent = string | number | boolean | readonly XmlNode[] | undefined;

/**
 * Writes a document.
 *
 * @param root the name of its root element
 * @param children what is in it
 * @param namespace the default namespace, if there is one
 */
export function renderXml(
  root: string,
  children: string | readonly XmlNode[],
  namespace?: string,
): string {
  const attribute = namespace ? ` xmlns="${namespace}"` : "";
  const content = typeof children === "string" ? escapeXml(children) : renderNodes(children);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${content}</${root}>`;
}

function renderNodes(nodes: readonly XmlNode[]): string {
  let text = "";
  for (const [name, content] of nodes) {
    if (content === undefined) continue;
    const inner = typeof content === "object" ? renderNodes(content) : escapeXml(String(content));
    text += inner === "" ? `<${name}/>` : `<${name}>${inner}</${name}>`;
  }
  return text;
}

const NAMED: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Control characters become references, as S3 writes them. XML 1.0 allows only a few of those, so
 * that a strict parser refuses a list with such keys; `encoding-type=url` is there for them.
 */
function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\p{Cc}\ufffe\uffff]/gu,
    (character) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  );
}

/** An answer of S3: 200 with a document in S3's namespace. */
export function xmlResponse(
  root: string,
  children: string | readonly XmlNode[],
  headers: Record<string, string> = {},
): Response {
  return new Response(renderXml(root, children, S3_NAMESPACE), {
    headers: { ...headers, "content-type": "application/xml" },
  });
}
