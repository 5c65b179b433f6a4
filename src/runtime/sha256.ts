/**
 * SHA-256 of a stream: what blobs are named and verified by.
 *
 * @module
 */
import { createHash, type Hash } from "./hash.ts";

/** A running SHA-256. */
export type Sha256 = Hash;

/**
 * Starts a SHA-256.
 *
 * @returns a hash to feed
 * @throws {Error} on a runtime that cannot hash a stream
 */
export function createSha256(): Promise<Sha256> {
  return createHash("SHA-256");
}
