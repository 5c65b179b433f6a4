/**
 * BuildKit's reading limit: of a cache config or an image manifest above it, in a directory or a
 * registry, it makes no use and says little. What s3cache makes of several caches stays below, in
 * every form that it may take.
 *
 * @module
 */
import { fitToSize } from "../cacheconfig/fit.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { BUILDKIT_READ_LIMIT, marshalCacheManifest } from "../oci/image_manifest.ts";
import { toLocalLayers } from "../oci/layer_annotations.ts";
import { CACHE_CONFIG } from "../oci/media_types.ts";
import type { Recorder } from "./progress.ts";

/**
 * Leaves out the oldest results of a cache that was made of several, until BuildKit can read it,
 * whether from a bucket, a directory or a registry.
 *
 * @param config of an S3 manifest
 * @param recorder is told what was left out
 * @param strict fail rather than leave something out
 * @returns what is left
 * @throws {RangeError} with `strict`, if not everything fits
 */
export function fitForBuildKit(
  config: CacheConfig,
  recorder: Recorder,
  strict: boolean,
): CacheConfig {
  const { config: fitting, dropped } = fitToSize(config, BUILDKIT_READ_LIMIT, largestForm);
  if (dropped.results > 0) {
    const problem = "the merged cache is larger than BuildKit reads: the oldest " +
      `${dropped.results} results and ${dropped.records} records`;
    if (strict) throw new RangeError(`${problem} would have to be left out`);
    recorder.warn(`${problem} were left out`);
  }
  recorder.dropped(dropped);
  return fitting;
}

/** Bytes of the largest of the three documents that a config may become. */
function largestForm(config: CacheConfig): number {
  const { config: local, layers } = toLocalLayers(config);
  const localConfig = marshalCacheConfig(local);
  const size = byteLength(localConfig);
  // Only the length of the digest counts here.
  const descriptor = { mediaType: CACHE_CONFIG, digest: "sha256:" + "0".repeat(64), size };
  return Math.max(
    size,
    byteLength(marshalCacheManifest(descriptor, layers)),
    byteLength(marshalCacheConfig(config)),
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
