/**
 * Reads a blob for an upload and checks on the way that it is what its digest says.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import type { RandomAccess } from "../runtime/files.ts";
import { createHash, type Hash } from "../runtime/hash.ts";

/**
 * A blob that is read from its start to its end, as an upload does. The read that reaches the end
 * fails if the bytes are not those of the digest, so that an upload of them is never completed.
 *
 * @param blob the bytes
 * @param digest what they should be
 * @returns the same bytes
 */
export function verifiedParts(blob: RandomAccess, digest: string): RandomAccess {
  let hash: Promise<Hash> | undefined;
  let position = 0;
  return {
    size: blob.size,
    async read(offset, length) {
      if (offset !== position) throw new Error("a verified blob is read in order");
      const bytes = await blob.read(offset, length);
      const sha256 = await (hash ??= createHash("SHA-256"));
      await sha256.update(bytes);
      position += length;
      if (position === blob.size) {
        const actual = `sha256:${await sha256.hex()}`;
        if (actual !== digest) {
          throw new IntegrityError(`blob ${digest}: its bytes have the digest ${actual}`);
        }
      }
      return bytes;
    },
  };
}
