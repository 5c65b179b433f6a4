/**
 * Durations and sizes as people write them in options.
 *
 * @module
 */
import { parseGoDuration } from "../attributes/go_duration.ts";
import { InvalidArgumentError } from "./deps.ts";

const DAY_MS = 86_400_000;
const UNITS = new Map(
  ["", "K", "M", "G", "T"].flatMap((prefix, power): [string, number][] => [
    [`${prefix}B`.toLowerCase(), 1000 ** power],
    [`${prefix}iB`.toLowerCase(), 1024 ** power],
  ]),
);

/**
 * Reads a duration: Go's, or with days in front of it.
 *
 * @param text such as `14d`, `36h` or `1d12h`
 * @returns milliseconds
 * @throws {InvalidArgumentError} saying what was expected
 */
export function parseDuration(text: string): number {
  const [, days, rest] = text.match(/^(?:(\d+(?:\.\d+)?)d)?(.*)$/) ?? [];
  const nanoseconds = parseGoDuration(rest || (days === undefined ? "" : "0"));
  if (nanoseconds === undefined || nanoseconds < 0n) {
    throw new InvalidArgumentError("expected a duration such as 14d, 36h or 1d12h");
  }
  return Number(days ?? 0) * DAY_MS + Number(nanoseconds) / 1_000_000;
}

/**
 * Reads a size.
 *
 * @param text such as `50GB` (10⁹), `50GiB` (2³⁰) or a number of bytes
 * @returns bytes
 * @throws {InvalidArgumentError} saying what was expected
 */
export function parseSize(text: string): number {
  const [, number, unit = "b"] = text.match(/^(\d+(?:\.\d+)?) ?([a-z]+)?$/i) ?? [];
  const factor = UNITS.get(unit.toLowerCase());
  if (number === undefined || factor === undefined) {
    throw new InvalidArgumentError("expected a size such as 50GB, 1.5TB or 50GiB");
  }
  return Math.floor(Number(number) * factor);
}

/**
 * Reads a number of things.
 *
 * @param text decimal digits
 * @returns the number
 * @throws {InvalidArgumentError} saying what was expected
 */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a number such as 5");
  return Number(text);
}
