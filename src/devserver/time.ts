/**
 * Times as S3 spells them.
 *
 * @module
 */

/** Milliseconds of `YYYYMMDDTHHMMSSZ`, or undefined if it is not that. */
export function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** As XML has it: to the second, with the milliseconds that S3 always writes as zero. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** As headers have it. */
export function httpTime(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

/** S3 keeps times to the second. */
export function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
