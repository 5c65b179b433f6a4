/**
 * Writes blobs, which are there afterwards only if they are what their digests say.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import { verified } from "../runtime/verified_stream.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import type { ByteStream } from "./body.ts";
import { RegistryError } from "./errors.ts";
import type { Store } from "./store.ts";

/** Memory is bounded by this: so many parts in flight, and one that is being filled. */
export const UPLOAD_PARTS = { partSize: 8 * 1024 * 1024, parallelism: 2 } as const;

/**
 * Writes a blob whose bytes are read here.
 *
 * @param store the bucket
 * @param digest of the blob
 * @param body its bytes
 * @throws {RegistryError} `DIGEST_INVALID`, and nothing is written, if they are other bytes
 */
export async function writeBlob(store: Store, digest: string, body: ByteStream): Promise<void> {
  const { client, cache, placement } = store;
  try {
    await client.upload(blobKey(cache, digest), verified(body, digest, "the blob"), {
      ...placement,
      ...UPLOAD_PARTS,
      sha256: digest.slice("sha256:".length),
    });
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    throw new RegistryError("DIGEST_INVALID", error.message);
  }
}
