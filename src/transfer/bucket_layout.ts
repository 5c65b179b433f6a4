/**
 * Which key a manifest or a blob has. Prefixes are put in front as they are: what separates them
 * from the rest is a part of them.
 *
 * @module
 */

/** The prefixes of a cache in its bucket. */
export interface BucketLayout {
  /** In front of everything; empty by default. */
  prefix: string;
  /** In front of digests; `blobs/` by default. */
  blobsPrefix: string;
  /** In front of names; `manifests/` by default. */
  manifestsPrefix: string;
}

/** The key of a blob. */
export function blobKey({ prefix, blobsPrefix }: BucketLayout, digest: string): string {
  return prefix + blobsPrefix + digest;
}

/** The key of the manifest of a name. */
export function manifestKey({ prefix, manifestsPrefix }: BucketLayout, name: string): string {
  return prefix + manifestsPrefix + name;
}
