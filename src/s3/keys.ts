/**
 * Object keys in URLs.
 *
 * @module
 */

/** S3's limit for a key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/**
 * Percent-encodes a key for the path of a URL, as SigV4 wants it: all but the unreserved characters
 * and the slash.
 *
 * @param key any key that a URL can carry
 * @returns the encoded key, without a leading slash of its own
 * @throws {TypeError} on an empty or overlong key, a lone surrogate, or a `.` or `..` segment: URL
 * parsers resolve those, however they are written, and the request would be for another key
 */
export function encodeKey(key: string): string {
  if (key === "") throw new TypeError("an object key cannot be empty");
  let encoded: string;
  try {
    encoded = encodeURIComponent(key);
  } catch {
    throw new TypeError(`key ${JSON.stringify(key)}: is not well-formed Unicode`);
  }
  const bytes = new TextEncoder().encode(key).length;
  if (bytes > MAX_KEY_BYTES) {
    throw new TypeError(
      `key ${
        JSON.stringify(key.slice(0, 40))
      }…: is ${bytes} bytes long, S3 allows ${MAX_KEY_BYTES}`,
    );
  }
  for (const segment of key.split("/")) {
    if (segment === "." || segment === "..") {
      throw new TypeError(
        `key ${JSON.stringify(key)}: a URL cannot carry the path segment "${segment}"`,
      );
    }
  }
  return encodeRfc3986(encoded).replaceAll("%2F", "/");
}

/** Percent-encodes the value of a query parameter. */
export function encodeQuery(value: string): string {
  return encodeRfc3986(encodeURIComponent(value));
}

/** encodeURIComponent leaves five characters that RFC 3986 reserves. */
function encodeRfc3986(text: string): string {
  return text.replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}
