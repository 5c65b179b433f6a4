/**
 * What s3cache itself keeps in a bucket beside BuildKit's blobs and manifests.
 *
 * @module
 */
import type { BucketLayout } from "../transfer/bucket_layout.ts";

/** Below this is nothing of BuildKit's. */
export function ownPrefix({ prefix }: BucketLayout): string {
  return `${prefix}.s3cache/`;
}

/** Manifests that the registry gateway keeps by their digests; they too refer to blobs. */
export function keptManifestsPrefix(layout: BucketLayout): string {
  return `${ownPrefix(layout)}registry/manifests/`;
}

/** What a two-phase prune remembers. */
export function candidatesKey(layout: BucketLayout): string {
  return `${ownPrefix(layout)}prune/candidates`;
}
