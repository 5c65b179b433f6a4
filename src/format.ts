/**
 * Numbers and text for people: short, and without what a terminal or a drawing program would obey.
 *
 * @module
 */
import { isDigest } from "./digest.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"];
const SHORT_DIGITS = 12;

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

/**
 * An amount of money, in whatever currency.
 *
 * @param amount 0 or more
 * @returns two decimals, or as many as it takes to see a small amount
 */
export function formatMoney(amount: number): string {
  return amount >= 0.01 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2);
}

/** `1 blob`, `2 blobs`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * How long ago something was, in the largest unit that it has one of.
 *
 * @param ms milliseconds; what lies in the future counts as now
 * @returns such as `40 s`, `5 min`, `23 h`, `14 d`; `?` if a server has not told the time
 */
export function formatAge(ms: number): string {
  if (Number.isNaN(ms)) return "?";
  const units: [number, string][] = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"]];
  const [size, unit] = units.find(([size]) => ms >= size) ?? [1000, "s"];
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`;
}

/**
 * A digest as people know it again.
 *
 * @param text a digest, or anything else
 * @returns its first 12 hexadecimal digits; other text as it is
 */
export function shortDigest(text: string): string {
  const hex = text.slice("sha256:".length);
  return isDigest(text) ? hex.slice(0, SHORT_DIGITS) : text;
}

/**
 * Text that a terminal shows and does not obey: names in a bucket are anybody's.
 *
 * @param text any text
 * @returns the same, control and format characters written as `\u{…}`
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}
