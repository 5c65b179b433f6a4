/**
 * Which caches a bucket holds.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { cacheReferenceOf } from "../oci/reference.ts";
import { connect } from "../transfer/connection.ts";
import { type ListedManifest, readManifests } from "./manifests.ts";
import { BlobOwners } from "./owners.ts";
import type { ManageSettings } from "./settings.ts";

/** A cache in a bucket. */
export interface CacheSummary {
  /** Its name. */
  name: string;
  /** By what `REPOSITORY:TAG` a registry serves it; absent if none can spell the name. */
  ref?: string;
  /** When its manifest was last written. */
  lastModified: Date;
  /** Size of the manifest, in bytes. */
  manifestBytes: number;
  /** Records; this and all that follows is 0 if the manifest cannot be read. */
  records: number;
  /** Layers; a blob may be in several. */
  layers: number;
  /** Distinct blobs. */
  blobs: number;
  /** Size of the blobs in bytes, as the manifest says. */
  bytes: number;
  /** Bytes of those blobs that other caches of the bucket hold too. */
  sharedBytes: number;
  /** Why the manifest cannot be read; absent if it can. */
  problem?: string;
}

/**
 * Lists the caches of a bucket, with what each holds. Reads every manifest and no blob.
 *
 * @example
 * ```ts
 * import { listCaches, parseAttributes } from "@s3cache/s3cache";
 *
 * const text = "type=s3,region=eu-west-1,bucket=ci-cache,anonymous=true";
 * const caches = await listCaches(parseAttributes(text, { direction: "import" }), {
 *   fetch: () => Promise.resolve(new Response("<ListBucketResult></ListBucketResult>")),
 * });
 * console.assert(caches.length === 0);
 * ```
 *
 * @param options bucket and prefixes; the names in them play no part
 * @param settings `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns the caches, in order of their names' UTF-8 bytes
 * @throws {S3Error} if the bucket cannot be listed
 */
export async function listCaches(
  options: CacheOptions,
  settings: ManageSettings = {},
): Promise<CacheSummary[]> {
  const { client } = connect(options, settings);
  const owners = new BlobOwners();
  const caches: CacheSummary[] = [];
  const readable: [CacheSummary, number][] = [];
  for await (const manifest of readManifests(client, options, { signal: settings.signal })) {
    const cache = summarize(manifest);
    caches.push(cache);
    if (manifest.config) readable.push([cache, owners.add(manifest.config)]);
    settings.onProgress?.({ type: "manifest", name: manifest.name });
  }
  for (const [cache, number] of readable) {
    const { blobs, bytes, exclusiveBytes } = owners.holding(number);
    Object.assign(cache, { blobs, bytes, sharedBytes: bytes - exclusiveBytes });
  }
  return caches;
}

function summarize({ name, info, config, error }: ListedManifest): CacheSummary {
  const ref = cacheReferenceOf(name);
  return {
    name,
    ...(ref !== undefined && { ref }),
    lastModified: info.lastModified,
    manifestBytes: info.size,
    records: config?.records.length ?? 0,
    layers: config?.layers.length ?? 0,
    blobs: 0,
    bytes: 0,
    sharedBytes: 0,
    ...(error && { problem: error.message }),
  };
}
