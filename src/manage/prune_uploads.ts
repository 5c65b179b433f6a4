/**
 * Multipart uploads that nobody will complete any more: their parts are billed and not listed.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey, S3Error } from "../s3/errors.ts";
import { blobKey, type BucketLayout } from "../transfer/bucket_layout.ts";
import { ownPrefix } from "./own_keys.ts";
import type { ManageEvent } from "./settings.ts";

/** What the clean-up works with. */
export interface UploadsContext {
  client: S3Client;
  layout: BucketLayout;
  /** Uploads that were begun later stay. */
  cutoff: number;
  /** Change nothing. */
  dryRun: boolean;
  onProgress: ((event: ManageEvent) => void) | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Aborts the uploads of blobs that were begun long ago.
 *
 * @param context what to work with
 * @returns how many there were
 */
export async function abortStaleUploads(context: UploadsContext): Promise<number> {
  const { client, layout, cutoff, dryRun, onProgress, signal } = context;
  const blobs = blobKey(layout, "");
  let aborted = 0;
  for (const prefix of [`${blobs}sha256:`, ownPrefix(layout)]) {
    try {
      for await (
        const { key, uploadId, initiated } of client.listMultipartUploads({
          prefix,
          signal,
        })
      ) {
        const isOurs = !key.startsWith(blobs) || isDigest(key.slice(blobs.length));
        if (!isOurs || !(initiated.getTime() < cutoff)) continue;
        if (!dryRun) await abort(client, key, uploadId, signal);
        aborted++;
        const reason = `multipart upload begun at ${initiated.toISOString()}`;
        onProgress?.({ type: "delete", key, bytes: 0, reason });
      }
    } catch (error) {
      // Not every server can list them, and not every policy allows it.
      if (!(error instanceof S3Error) || error.status < 400 || error.retryable) throw error;
      const message = `multipart uploads below ${prefix} were left alone: ${error.message}`;
      onProgress?.({ type: "warning", message });
    }
  }
  return aborted;
}

/** One that is gone was completed or aborted by somebody else. */
async function abort(
  client: S3Client,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await client.abortMultipartUpload(key, uploadId, { signal });
  } catch (error) {
    const isGone = isNoSuchKey(error) || error instanceof S3Error && error.code === "NoSuchUpload";
    if (!isGone) throw error;
  }
}
