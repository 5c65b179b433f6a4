/**
 * Where a gateway keeps what BuildKit's format has no place for.
 *
 * @module
 */
import type { BucketLayout } from "../transfer/bucket_layout.ts";

/** The prefixes below that of the cache. */
const REGISTRY = ".s3cache/registry/";
const UPLOADS = ".s3cache/uploads/";

/** A manifest that was pushed or served, as it was. */
export function keptManifestKey({ prefix }: BucketLayout, digest: string): string {
  return `${prefix}${REGISTRY}manifests/${digest}`;
}

/** The digest that a tag stands for, where that is no cache. With an empty tag: of all tags. */
export function tagKey({ prefix }: BucketLayout, repository: string, tag: string): string {
  // No slash, as repository/tag is a repository too, and some servers keep keys as files.
  return `${prefix}${REGISTRY}tags/${repository}:${tag}`;
}

/** Whether a manifest was pushed to a repository, or deleted from it. */
export function membershipKey(
  { prefix }: BucketLayout,
  repository: string,
  digest: string,
): string {
  return `${prefix}${REGISTRY}repositories/${repository}@${digest}`;
}

/** The descriptor of a manifest that has a subject. With an empty digest: of all that have it. */
export function referrerKey({ prefix }: BucketLayout, subject: string, digest: string): string {
  return `${prefix}${REGISTRY}referrers/${subject}/${digest}`;
}

/** What belongs to an upload that is not complete. With an empty name: all of it. */
export function uploadKey({ prefix }: BucketLayout, id: string, name: string): string {
  // Side by side: a server that keeps keys as files would make and remove a folder for each upload.
  return `${prefix}${UPLOADS}${id}.${name}`;
}
