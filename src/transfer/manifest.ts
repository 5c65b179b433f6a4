/**
 * Manifests in a bucket: reading one, and nothing that is not one.
 *
 * @module
 */
import { CacheConfigError } from "../cacheconfig/errors.ts";
import { parseCacheConfig } from "../cacheconfig/parse.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";

/** BuildKit has no limit for a manifest in S3; this one keeps a forged one from filling memory. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** A manifest as it is in the bucket. */
export interface Manifest {
  /** What it says. */
  config: CacheConfig;
  /** As it is stored. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Its version. */
  etag: string;
  /** What S3 says of the object. */
  info: ObjectInfo;
}

/**
 * Reads a manifest.
 *
 * @param client of the bucket
 * @param key of the manifest
 * @param options `signal`
 * @returns the manifest, or undefined if there is none
 * @throws {CacheConfigError} if the object is not a valid manifest
 */
export async function readManifest(
  client: S3Client,
  key: string,
  options: RequestOptions,
): Promise<Manifest | undefined> {
  try {
    const result = await client.get(key, options);
    if (result.info.size > MAX_MANIFEST_BYTES) {
      await result.body.cancel();
      throw new CacheConfigError(
        key,
        "",
        `has ${result.info.size} bytes, expected at most ${MAX_MANIFEST_BYTES}`,
      );
    }
    const bytes = await result.bytes();
    const config = parseCacheConfig(bytes, { source: key, annotations: "required" });
    return { config, bytes, etag: result.info.etag, info: result.info };
  } catch (error) {
    if (isNoSuchKey(error)) return undefined;
    throw error;
  }
}
