/**
 * One blob on disk: checking it, and writing it.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import { createAtomicFile } from "../runtime/atomic_file.ts";
import { fileSize, openFile } from "../runtime/files.ts";
import { createHash } from "../runtime/hash.ts";

const READ_BYTES = 4 * 1024 * 1024;

/** A blob that is being written. */
export interface BlobWriter {
  /**
   * Takes the next bytes.
   *
   * @throws {IntegrityError} if they are more than the size of the blob
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Puts the blob in its place, if it is what it should be.
   *
   * @throws {IntegrityError} if it has another size or digest; nothing is left of it then
   */
  commit(): Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  discard(): Promise<void>;
}

/**
 * Whether a file holds a blob, every byte of it.
 *
 * @param path of the file
 * @param digest the name of the blob
 * @param size in bytes
 * @param signal ends the reading
 * @returns false if it is missing or damaged
 */
export async function isIntactBlob(
  path: string,
  digest: string,
  size: number,
  signal?: AbortSignal,
): Promise<boolean> {
  if (await fileSize(path) !== size) return false;
  const file = await openFile(path);
  try {
    const hash = await createHash("SHA-256");
    for (let offset = 0; offset < size; offset += READ_BYTES) {
      signal?.throwIfAborted();
      await hash.update(await file.read(offset, Math.min(READ_BYTES, size - offset)));
    }
    return digest === `sha256:${await hash.hex()}`;
  } finally {
    await file.close();
  }
}

/**
 * Starts a blob in a file.
 *
 * @param path of the file; its directory must exist
 * @param digest the name of the blob
 * @param size in bytes
 * @param source where the bytes come from, for messages
 * @returns a writer, to be fed in order
 */
export async function createBlobWriter(
  path: string,
  digest: string,
  size: number,
  source = path,
): Promise<BlobWriter> {
  const hash = await createHash("SHA-256");
  const file = await createAtomicFile(path);
  let written = 0;
  return {
    async write(bytes) {
      written += bytes.length;
      if (written > size) {
        throw new IntegrityError(`${source}: has more than the ${size} bytes of ${digest}`);
      }
      await hash.update(bytes);
      await file.write(bytes);
    },
    async commit() {
      try {
        if (written !== size) {
          throw new IntegrityError(
            `${source}: has ${written} bytes, expected ${size} of ${digest}`,
          );
        }
        const actual = `sha256:${await hash.hex()}`;
        if (actual !== digest) {
          throw new IntegrityError(
            `${source}: its bytes have digest ${actual}, expected ${digest}`,
          );
        }
        await file.commit();
      } finally {
        await file.discard();
      }
    },
    discard: () => file.discard(),
  };
}
