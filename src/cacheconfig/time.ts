/**
 * RFC 3339 times as text. BuildKit writes nanoseconds and the daemon's offset; a Date would lose
 * both, so a time stays the text that was read, and is only taken apart to compare or convert it.
 *
 * @module
 */

/** What Go prints for a time that was never set. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

/** A point in time, comparable to the nanosecond. */
export interface Instant {
  /** Whole seconds since 1970-01-01T00:00:00Z, rounded down. */
  seconds: number;
  /** The rest, 0 to 999,999,999. */
  nanoseconds: number;
}

// What Go's time.Time reads from JSON, which is more than RFC 3339 allows: an hour of one digit, a
// comma before the fraction, any number of digits in it, and offsets of up to 24 hours 60 minutes.
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

// The calendar repeats every 400 years. Dates are worked out one period later, because Date.UTC
// takes the years 0 to 99 for 1900 to 1999.
const PERIOD_YEARS = 400;
const PERIOD_SECONDS = 146_097 * 86_400;

/**
 * Takes a time apart.
 *
 * @param text a time as Go's `time.Time` reads it from JSON
 * @returns the point in time, or undefined if Go would refuse the text
 */
export function parseTime(text: string): Instant | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as number[];
  const fraction = match[7] ?? "";
  const offsetHour = Number(match[9] ?? 0);
  const offsetMinute = Number(match[10] ?? 0);
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined;
  if (offsetHour > 24 || offsetMinute > 60) return undefined;
  const date = new Date(Date.UTC(year! + PERIOD_YEARS, month! - 1, day!, hour!, minute!, second!));
  // A day that the month does not have has moved into another month.
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (offsetHour * 60 + offsetMinute) * 60 * (match[8] === "-" ? -1 : 1);
  return {
    seconds: date.getTime() / 1000 - PERIOD_SECONDS - offset,
    nanoseconds: Number(fraction.slice(0, 9).padEnd(9, "0")),
  };
}

/**
 * Whether a text is a time that BuildKit can read.
 *
 * @param text any text
 * @returns true if Go would read it
 */
export function isTime(text: string): boolean {
  return parseTime(text) !== undefined;
}

/**
 * The same point in time as Go prints it in UTC: `Z`, and no zeros at the end of the fraction.
 *
 * @param text a time, at any offset
 * @returns the time in UTC
 * @throws RangeError if the text is no time, or lies outside the years 0 to 9999 in UTC
 */
export function toUtc(text: string): string {
  const { seconds, nanoseconds } = instantOf(text);
  const date = new Date((seconds + PERIOD_SECONDS) * 1000);
  const year = date.getUTCFullYear() - PERIOD_YEARS;
  if (year < 0 || year > 9999) {
    throw new RangeError(`${text} is outside the years 0 to 9999 in UTC, which JSON cannot carry`);
  }
  const rest = date.toISOString().replace(/^\+?\d+/, "").slice(0, "-MM-DDThh:mm:ss".length);
  const fraction = nanoseconds.toString().padStart(9, "0").replace(/0+$/, "");
  return year.toString().padStart(4, "0") + rest + (fraction === "" ? "" : "." + fraction) + "Z";
}

/**
 * Orders two times by the point in time that they mean, whatever their offsets.
 *
 * @param a a time
 * @param b another
 * @returns below 0 if `a` is earlier, above 0 if it is later, 0 if both mean the same nanosecond
 * @throws RangeError if one of them is no time
 */
export function compareTimes(a: string, b: string): number {
  return compareInstants(instantOf(a), instantOf(b));
}

/**
 * Orders two points in time.
 *
 * @param a a point in time
 * @param b another
 * @returns below 0 if `a` is earlier, above 0 if it is later, 0 if they are the same
 */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}

/**
 * Whether a time is the one that Go prints for "never set".
 *
 * @param text a time
 * @returns true if it means the first nanosecond of the year 1
 */
export function isZeroTime(text: string): boolean {
  return compareTimes(text, ZERO_TIME) === 0;
}

/**
 * Takes a time apart that is known to be one.
 *
 * @param text a time
 * @returns the point in time
 * @throws RangeError if the text is no time
 */
export function instantOf(text: string): Instant {
  const instant = parseTime(text);
  if (!instant) throw new RangeError(`${JSON.stringify(text)} is not an RFC 3339 time`);
  return instant;
}
