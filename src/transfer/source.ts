/**
 * Where a cache comes from: what an export needs to know of a local cache, or of another bucket.
 *
 * @module
 */
import { mergeCacheConfigs } from "../cacheconfig/merge.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import type { RandomAccess } from "../runtime/files.ts";
import type { RequestOptions } from "../s3/types.ts";

/** A blob that is being read. */
export interface BlobSource extends RandomAccess {
  /** Gives it back. */
  close(): Promise<void>;
}

/** A cache that can be exported. */
export interface CacheSource {
  /** Its layers and records; every layer has annotations. */
  readonly config: CacheConfig;
  /** Opens a blob of the config. */
  openBlob(digest: string): Promise<BlobSource>;
  /**
   * Fails if one of these blobs is not there in its size. An export that cannot succeed then fails
   * before it has sent anything.
   */
  checkBlobs?(blobs: ReadonlyMap<string, number>, options: RequestOptions): Promise<void>;
}

/**
 * The blobs of a config, each once.
 *
 * @param config whose layers have annotations
 * @returns sizes in bytes, by digest
 */
export function distinctBlobs(config: CacheConfig): Map<string, number> {
  return new Map(config.layers.map(({ blob, annotations }) => [blob, annotations?.size ?? 0]));
}

/** Several configs as one; a single one keeps the order that its writer gave it. */
export function uniteConfigs(configs: readonly CacheConfig[]): CacheConfig {
  return configs.length === 1 ? configs[0]! : mergeCacheConfigs(configs);
}
