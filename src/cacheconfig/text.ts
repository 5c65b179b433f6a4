/**
 * The order of texts.
 *
 * @module
 */

/**
 * Orders texts by their UTF-16 code units: the same on every runtime and in every locale.
 *
 * @param a a text
 * @param b another
 * @returns -1, 0 or 1
 */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
