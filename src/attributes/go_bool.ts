const SPELLINGS = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false] as const),
]);

/**
 * Reads a boolean in the spellings of Go's `strconv.ParseBool`, as BuildKit does.
 *
 * @param text such as `true`, `T` or `0`
 * @returns its value, or undefined if it is none of the twelve spellings
 */
export function parseGoBool(text: string): boolean | undefined {
  return SPELLINGS.get(text);
}
