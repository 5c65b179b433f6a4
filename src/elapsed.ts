/**
 * How long something took.
 *
 * @module
 */

/**
 * Tells how long ago something was. A clock that was set back since makes it no time, not less.
 *
 * @param start when it was, in milliseconds since 1970
 * @param clock tells what time it is now
 * @returns seconds, not below 0
 */
export function secondsSince(start: number, clock: () => number): number {
  return Math.max(0, clock() - start) / 1000;
}
