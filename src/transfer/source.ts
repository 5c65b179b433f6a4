/**
 * Where a cache comes from: what an export needs to know of a local cache, or of another bucket.
 *
 * @module
 */
import { mergeCacheConfigs } from "../cacheconfig/merge.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import type { RandomAccess } from "../runtime/files.ts";
import type { S3Client } from "../s3/client.ts";
import type { Placement, RequestOptions } from "../s3/types.ts";

/** A blob that is being read. */
export interface BlobSource extends RandomAccess {
  /** Gives it back. */
  close(): Promise<void>;
}

/** Where a server is to copy a blob to. */
export interface CopyTarget extends Placement, RequestOptions {
  /** Of the bucket. */
  client: S3Client;
  /** The key that the copy gets. */
  key: string;
}

/** A cache that can be exported. */
export interface CacheSource {
  /** Its layers and records; every layer has annotations. */
  readonly config: CacheConfig;
  /** Opens a blob of the config. */
  openBlob(digest: string): Promise<BlobSource>;
  /**
   * Has the target's server fetch a blob by itself, where it can.
   *
   * @returns false if it cannot: the blob is then opened and sent
   */
  copyBlob?(digest: string, target: CopyTarget): Promise<boolean>;
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
