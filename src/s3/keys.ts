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
 * @throws {TypeError} on an empty or overlong key, or a `.` or `..` segment: URL parsers resolve
 * those, however they are written, and the request would be for another key
 * @throws {URIError} on a lone surrogate
 */
export function encodeKey(key: string): string {
  const bytes = new TextEncoder().encode(key).length;
  if (bytes < 1 || bytes > MAX_KEY_BYTES) {
    throw new TypeError(
      `key "${key.slice(0, 40)}": has ${bytes} bytes, S3 has 1 to ${MAX_KEY_BYTES}`,
    );
  }
  const segment = key.split("/").find((segment) => segment === "." || segment === "..");
  if (segment) {
    throw new TypeError(`key "${key}": a URL cannot carry the path segment "${segment}"`);
  }
  return encodeQuery(key).replaceAll("%2F", "/");
}

/** Percent-encodes the value of a query parameter. */
export function encodeQuery(value: string): string {
  // encodeURIComponent leaves five characters that RFC 3986 reserves.
  return encodeURIComponent(value)
    .replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
}
