/**
 * Which blobs a bucket has, in few requests: from the pages of a listing or by asking for each,
 * whichever is fewer for this bucket.
 *
 * @module
 */
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import { S3Error } from "../s3/errors.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";
import { blobKey, type BucketLayout } from "./bucket_layout.ts";

/** How many HEAD requests run at once. */
const HEAD_PARALLELISM = 16;

/** How to look. */
export interface PresenceOptions extends RequestOptions {
  /** Is told once if the credentials may neither list nor look. */
  onWarning: (message: string) => void;
}

/**
 * Looks for blobs.
 *
 * The first page of a listing tells how many there will be: digests are spread evenly, so the part
 * of their space that 1,000 keys cover is the part of the bucket that they are.
 *
 * @param client of the bucket
 * @param layout the cache's prefixes
 * @param digests which blobs to look for
 * @param options `signal`, warnings
 * @returns what there is, by digest
 */
export async function findBlobs(
  client: S3Client,
  layout: BucketLayout,
  digests: Iterable<string>,
  { signal, onWarning }: PresenceOptions,
): Promise<Map<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  const wanted = new Set(digests);
  if (wanted.size === 0) return found;
  if (wanted.size > 1) {
    try {
      await list(client, layout, wanted, found, signal);
      if (wanted.size === 0) return found;
    } catch (error) {
      // A policy without ListBucket still lets one ask for each.
      if (!(error instanceof S3Error) || error.status !== 403) throw error;
    }
  }
  await askEach(client, layout, wanted, found, { signal, onWarning });
  return found;
}

/** Moves what it finds out of `wanted`; what it leaves there is better asked for one by one. */
async function list(
  client: S3Client,
  layout: BucketLayout,
  wanted: Set<string>,
  found: Map<string, ObjectInfo>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const prefix = blobKey(layout, "");
  let listed = 0;
  let previous = "";
  let ordered = true;
  for await (const page of client.listPages({ prefix: `${prefix}sha256:`, signal })) {
    for (const info of page.objects) {
      const digest = info.key.slice(prefix.length);
      ordered &&= previous < digest;
      previous = digest;
      if (wanted.delete(digest)) found.set(digest, info);
    }
    listed += page.objects.length;
    if (page.last) return wanted.clear();
    // Directory buckets list in no order; then only the last page tells what is not there.
    if (!ordered || previous === "") continue;
    // What sorts before the last key of the page and was not in it does not exist.
    for (const digest of wanted) if (digest <= previous) wanted.delete(digest);
    const pagesLeft = Math.ceil((listed / positionOf(previous) - listed) / page.objects.length);
    if (wanted.size <= pagesLeft) return;
  }
}

/** Where a digest is in the space of digests, from 0 to 1. */
function positionOf(digest: string): number {
  return (parseInt(digest.slice("sha256:".length, "sha256:".length + 12), 16) + 1) / 16 ** 12;
}

async function askEach(
  client: S3Client,
  layout: BucketLayout,
  wanted: Iterable<string>,
  found: Map<string, ObjectInfo>,
  { signal, onWarning }: PresenceOptions,
): Promise<void> {
  let forbidden = 0;
  await forEachParallel(wanted, HEAD_PARALLELISM, async (digest, signal) => {
    try {
      const info = await client.head(blobKey(layout, digest), { signal });
      if (info) found.set(digest, info);
    } catch (error) {
      // Without ListBucket S3 answers 403 for what is absent.
      if (!(error instanceof S3Error) || error.status !== 403) throw error;
      forbidden++;
    }
  }, signal);
  if (forbidden > 0) {
    onWarning(
      `${forbidden} blobs count as absent: the bucket answered 403 when asked for them, ` +
        "which it does for absent objects where s3:ListBucket is not granted",
    );
  }
}
