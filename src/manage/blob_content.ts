/**
 * Reads a blob from its first byte to its last, to see whether it is what it should be.
 *
 * @module
 */
import type { LayerAnnotations } from "../cacheconfig/types.ts";
import { uncompressLayer } from "../oci/uncompress.ts";
import { verified } from "../runtime/verified_stream.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey, S3Error } from "../s3/errors.ts";
import type { RequestOptions } from "../s3/types.ts";
import type { BlobFault } from "./blob_index.ts";

/** What a blob should be. */
export interface ExpectedBlob extends Pick<LayerAnnotations, "mediaType" | "diffID"> {
  /** The object's key. */
  key: string;
  /** Of its bytes. */
  digest: string;
}

/**
 * Checks the bytes of a blob by its digest, and what they unpack to by its diffID.
 *
 * @param client of the bucket
 * @param blob what it should be
 * @param options `signal`
 * @returns what is wrong, undefined if nothing is
 * @throws {S3Error} if it cannot be read for another reason than that it is not there
 */
export async function checkContent(
  client: S3Client,
  blob: ExpectedBlob,
  options: RequestOptions,
): Promise<BlobFault | undefined> {
  const { key, digest, mediaType, diffID } = blob;
  try {
    const { body } = await client.get(key, options);
    const archive = await uncompressLayer(verified(body, digest, key), mediaType);
    await drain(verified(archive, diffID, `${key}: unpacked`));
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isNoSuchKey(error)) return { kind: "missing", message: "is not in the bucket" };
    if (error instanceof S3Error) throw error;
    // Bytes that do not unpack may be the wrong bytes: only reading them all tells.
    const damage = await checkDigest(client, blob, options);
    if (damage) return damage;
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "diff-id", message: `does not unpack to ${diffID}: ${reason}` };
  }
}

async function checkDigest(
  client: S3Client,
  { key, digest }: ExpectedBlob,
  options: RequestOptions,
): Promise<BlobFault | undefined> {
  try {
    await drain(verified((await client.get(key, options)).body, digest, key));
    return undefined;
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof S3Error) throw error;
    return { kind: "digest", message: error instanceof Error ? error.message : String(error) };
  }
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  await body.pipeTo(new WritableStream());
}
