/**
 * This machine's own addresses.
 *
 * @module
 */

/**
 * Whether nobody but this machine reaches a host.
 *
 * @param hostname a name or an address, with or without brackets
 */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|\[?::1\]?|127(?:\.\d{1,3}){3})$/.test(hostname);
}
