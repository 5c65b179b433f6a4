import type { Attribute } from "./attribute.ts";

/**
 * The URL of an S3 endpoint: absolute, http or https, perhaps with a port and a base path.
 *
 * @returns the text as it was written
 * @throws {AttributeError} which says what is wrong and shows no user name, password or query
 */
export function endpointUrl(attribute: Attribute): string {
  const text = attribute.text;
  const problem = problemOf(text);
  if (problem === undefined) return text;
  throw attribute.refuse(
    'an absolute URL such as "https://s3.example.com:9000"',
    problem,
    redactUrl(text),
  );
}

function problemOf(text: string): string | undefined {
  if (text === "") return "is empty";
  // The URL parser would quietly repair these.
  if (/[\s\p{Cc}\\]/u.test(text)) return "has a space, a control character or a backslash";
  if (!/^https?:\/\//i.test(text)) return "does not begin with http:// or https://";
  if (!URL.canParse(text) || /^https?:\/\/\//i.test(text)) return "is not a valid URL";
  // An empty query, fragment or user does not show in the parsed URL.
  if (/^[^/]*\/\/[^/?#]*@/.test(text)) return "has a user name or password in it";
  if (text.includes("?")) return "has a query";
  if (text.includes("#")) return "has a fragment";
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(text)) return 'has a "." or ".." segment in its path';
  return undefined;
}

/**
 * A URL, or what was taken for one, without the parts that may hold a secret.
 *
 * @param text a URL
 * @returns it with user name, password, query and fragment left out
 */
export function redactUrl(text: string): string {
  return text
    .replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/)?.*@/is, "$1…@")
    .replace(/[?#].*$/s, (rest) => rest[0] + "…");
}
