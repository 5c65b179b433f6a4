/**
 * All manifests of a bucket, read one after the other: what every verb that looks at a whole bucket
 * begins with.
 *
 * @module
 */
import { CacheConfigError } from "../cacheconfig/errors.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { isDigest } from "../digest.ts";
import { mapParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import { S3Error } from "../s3/errors.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";
import { blobKey, type BucketLayout, manifestKey } from "../transfer/bucket_layout.ts";
import { readManifest } from "../transfer/manifest.ts";
import { ownPrefix } from "./own_keys.ts";

/** How many manifests are read ahead. With what the caller holds, that is all there is in memory. */
const DEFAULT_PARALLELISM = 4;

/** A manifest of the bucket: what it says, or why it cannot be read. */
export interface ListedManifest {
  /** The name of the cache. */
  name: string;
  /** The object's key. */
  key: string;
  /** What the listing said of the object. */
  info: ObjectInfo;
  /** What it says; absent if there is an error. */
  config?: CacheConfig;
  /** The version that was read, which may be a newer one than the listing's. */
  etag?: string;
  /** The object's own metadata, as it was read. */
  metadata?: Record<string, string>;
  /** Why it cannot be used. */
  error?: Error;
}

/** How to read manifests. */
export interface ManifestsOptions extends RequestOptions {
  /** How many are read ahead; 4 if not given. */
  parallelism?: number;
  /** Which of those that are listed to read; all if not given. */
  isWanted?: (found: ListedManifest) => boolean;
}

/**
 * Reads the manifests of a bucket, in order of their names' UTF-8 bytes. One that cannot be read is
 * among them, with its error; one that goes away meanwhile is not.
 *
 * @param client of the bucket
 * @param layout the cache's prefixes
 * @param options `signal`, parallelism
 * @returns the manifests, each read shortly before it is asked for
 * @throws {S3Error} if the bucket cannot be listed, or S3 fails in a way that says nothing about the
 * object that was asked for
 */
export async function* readManifests(
  client: S3Client,
  layout: BucketLayout,
  { signal, parallelism = DEFAULT_PARALLELISM, isWanted = () => true }: ManifestsOptions = {},
): AsyncGenerator<ListedManifest> {
  const wanted = async function* () {
    for await (const found of listManifests(client, layout, { signal })) {
      if (isWanted(found)) yield found;
    }
  };
  const manifests = mapParallel(
    wanted(),
    parallelism,
    (found, signal) => read(client, found, { signal }),
    signal,
  );
  for await (const manifest of manifests) if (manifest) yield manifest;
}

/**
 * Lists the manifests of a bucket without reading them: the objects that are manifests by where
 * they are.
 *
 * @param client of the bucket
 * @param layout the cache's prefixes
 * @param options `signal`
 * @returns their names, keys and what the listing says
 */
export async function* listManifests(
  client: S3Client,
  layout: BucketLayout,
  { signal }: RequestOptions = {},
): AsyncGenerator<ListedManifest> {
  const prefix = manifestKey(layout, "");
  for await (const info of client.list({ prefix, signal })) {
    const name = info.key.slice(prefix.length);
    // A console makes an object of the prefix alone to show a folder.
    if (name === "" || isBlobKey(layout, info.key)) continue;
    if (!info.key.startsWith(ownPrefix(layout))) yield { name, key: info.key, info };
  }
}

/**
 * Whether a key is that of a blob, which it may be below any prefix.
 *
 * @param layout the cache's prefixes
 * @param key of an object
 * @returns true if it is exactly the blobs' prefix and a digest
 */
export function isBlobKey(layout: BucketLayout, key: string): boolean {
  const prefix = blobKey(layout, "");
  return key.startsWith(prefix) && isDigest(key.slice(prefix.length));
}

async function read(
  client: S3Client,
  found: ListedManifest,
  { signal }: RequestOptions,
): Promise<ListedManifest | undefined> {
  try {
    const manifest = await readManifest(client, found.key, { signal });
    if (!manifest) return undefined;
    const { config, etag, info: { metadata } } = manifest;
    return { ...found, config, etag, ...(metadata && { metadata }) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isAboutObject(error)) throw error;
    return { ...found, error };
  }
}

/** Whether an error says something about this one object: its content, its key, its permissions. */
function isAboutObject(error: unknown): error is Error {
  if (error instanceof S3Error) {
    return error.status >= 400 && error.status < 500 && !error.retryable;
  }
  // A TypeError is a key that a URL cannot carry.
  return error instanceof CacheConfigError || error instanceof TypeError;
}
