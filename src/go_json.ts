/**
 * JSON as Go's encoding/json prints it, for documents that are compared byte for byte, or named by
 * the digest of their bytes.
 *
 * @module
 */

/**
 * Prints a value as Go would: without spaces, and with `<`, `>`, `&` and the two line separators of
 * Unicode escaped. Objects keep the order of their keys, undefined ones are left out.
 *
 * @param value made of objects, arrays, text, whole numbers, booleans and null
 * @returns JSON
 */
export function goJson(value: unknown): string {
  // The five characters can only stand inside of strings, so the whole text is escaped at once.
  return JSON.stringify(value, wellFormed).replace(
    /[<>&\u2028\u2029]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Go's strings hold no halves of surrogate pairs: it reads one as U+FFFD. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
