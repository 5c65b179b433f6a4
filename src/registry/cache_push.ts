/**
 * A cache that a client pushes becomes the S3 manifest of its name, which BuildKit reads with
 * `type=s3`.
 *
 * @module
 */
import { CacheConfigError } from "../cacheconfig/errors.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import { parseCacheConfig } from "../cacheconfig/parse.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { LayoutError } from "../oci/errors.ts";
import type { CacheManifest } from "../oci/image_manifest.ts";
import { annotateLayers } from "../oci/layer_annotations.ts";
import { BlobRefresher } from "../transfer/blob_refresher.ts";
import { blobKey, manifestKey } from "../transfer/bucket_layout.ts";
import { writeMerged } from "../transfer/merge.ts";
import { Recorder } from "../transfer/progress.ts";
import { RegistryError } from "./errors.ts";
import { PUSHED_DIGEST } from "./served_caches.ts";
import type { Store } from "./store.ts";

/** BuildKit reads 1 MiB; what it cannot read here it can read from S3. */
const MAX_CONFIG_BYTES = 64 * 1024 * 1024;

/**
 * Reads the cache config that a manifest names, in the form that S3 manifests have.
 *
 * @param store the bucket, which has the config
 * @param manifest names it
 * @returns the config, its layers annotated
 * @throws {RegistryError} `MANIFEST_INVALID` if it is none, or does not agree with the manifest
 */
export async function readPushedConfig(
  store: Store,
  { config: { digest, size }, layers }: CacheManifest,
): Promise<CacheConfig> {
  if (size > MAX_CONFIG_BYTES) {
    throw new RegistryError("MANIFEST_INVALID", `the cache config has ${size} bytes`);
  }
  const blob = await store.client.get(blobKey(store.cache, digest), { digest });
  try {
    const config = parseCacheConfig(await blob.bytes(), { source: `cache config ${digest}` });
    return annotateLayers(config, new Map(layers.map((layer) => [layer.digest, layer])));
  } catch (error) {
    if (error instanceof CacheConfigError || error instanceof LayoutError) {
      throw new RegistryError("MANIFEST_INVALID", error.message);
    }
    throw error;
  }
}

/**
 * Writes the S3 manifest of a name; with the attribute `merge` it keeps what it holds.
 *
 * @param store the bucket, which has the blobs
 * @param name of the cache
 * @param config what was pushed
 * @param digest of the manifest that was pushed, and is kept
 */
export async function writePushedCache(
  store: Store,
  name: string,
  config: CacheConfig,
  digest: string,
): Promise<void> {
  const { cache: options, connection, client, placement, toucher } = store;
  if (!options.merge) {
    const bytes = new TextEncoder().encode(marshalCacheConfig(config));
    const metadata = { [PUSHED_DIGEST]: digest };
    await client.put(manifestKey(options, name), bytes, { ...placement, metadata });
    return;
  }
  const recorder = new Recorder(connection.requests, connection.clock, (event) => {
    if (event.type === "warning") store.warn(event.message);
  });
  const fresh = config.layers.map(({ blob }) => blob);
  const refresher = new BlobRefresher(options, connection, recorder, toucher, fresh);
  const context = { options, connection, recorder, refresher, strict: false, signal: undefined };
  await writeMerged(name, config, context);
}
