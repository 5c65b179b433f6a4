/**
 * Numbers for people.
 *
 * @module
 */

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/**
 * Bytes with three digits and a decimal unit, as docker prints them.
 *
 * @param bytes a size
 * @returns such as `1.23 MB`
 */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit === 0 || value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
  return `${text} ${UNITS[unit]}`;
}

/** `1 blob`, `2 blobs`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
