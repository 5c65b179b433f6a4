/**
 * The local cache: what `--cache-to type=local` writes and `--cache-from type=local` reads.
 *
 * @module
 */
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import { parseCacheConfig } from "../cacheconfig/parse.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { digestOf, IntegrityError } from "../digest.ts";
import { fileSize, openFile, type ReadableFile, readFile } from "../runtime/files.ts";
import type { Descriptor } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import {
  checkReadableByBuildKit,
  marshalCacheManifest,
  parseCacheManifest,
} from "./image_manifest.ts";
import { DEFAULT_TAG, selectManifest } from "./index_entries.ts";
import { annotateLayers, toLocalLayers } from "./layer_annotations.ts";
import { blobPath, checkDirectory, openImageLayout } from "./layout.ts";
import { CACHE_CONFIG, IMAGE_MANIFEST } from "./media_types.ts";

/** BuildKit's own limit is 1 MiB, but what it cannot read here it can read from S3. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** Which cache of a directory. */
export interface OpenLocalCacheOptions {
  /** The tag of its manifest; `latest` by default. */
  tag?: string;
  /** The digest of its manifest, in place of a tag. The index need not have it. */
  digest?: string;
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** A cache in a directory, ready to be exported. */
export interface LocalCache {
  /** The directory. */
  readonly dir: string;
  /** The tag by which it was found; undefined if that was its digest. */
  readonly tag?: string;
  /** Digest of its manifest. */
  readonly manifestDigest: string;
  /** Its layers and records, the layers annotated as in an S3 manifest. */
  readonly config: CacheConfig;
  /** What its manifest says of each layer, by digest. */
  readonly descriptors: ReadonlyMap<string, Descriptor>;
  /**
   * Opens the blob of a layer.
   *
   * @param digest of a layer
   * @returns its file, to be closed
   * @throws {LayoutError} if its file is missing
   * @throws {IntegrityError} if its file has another size than the manifest says
   */
  openBlob(digest: string): Promise<ReadableFile>;
  /**
   * Fails, as {@linkcode openBlob} would, if one of these blobs is not there in its size.
   *
   * @param blobs sizes in bytes, by digest
   * @param options `signal`
   * @throws {LayoutError} if the file of one is missing
   * @throws {IntegrityError} if the file of one has another size
   */
  checkBlobs(
    blobs: ReadonlyMap<string, number>,
    options?: { signal?: AbortSignal },
  ): Promise<void>;
}

/**
 * Opens a local cache in any of the forms that BuildKit writes. Manifest and config are verified
 * against their digests; the layers' blobs are left for whoever reads them.
 *
 * @example
 * ```ts
 * import { openLocalCache } from "@s3cache/s3cache";
 *
 * // Written by: docker buildx build --cache-to type=local,mode=max,dest=…
 * const cache = await openLocalCache("tests/fixtures/web-max/local", { tag: "latest" });
 * console.assert(cache.config.layers.length === 9);
 *
 * for (const [digest, { size }] of cache.descriptors) {
 *   const blob = await cache.openBlob(digest);
 *   console.assert(blob.size === size);
 *   await blob.close();
 * }
 * ```
 *
 * @param dir an OCI image layout
 * @param options tag or digest of the entry, `signal`
 * @returns the cache
 * @throws {LayoutError} if there is no such directory or tag, or what it names is not a cache
 * @throws {IntegrityError} if manifest or config is not what its digest says
 * @throws {CacheConfigError} if the config is not valid
 */
export async function openLocalCache(
  dir: string,
  options: OpenLocalCacheOptions = {},
): Promise<LocalCache> {
  const { tag, digest, signal } = options;
  signal?.throwIfAborted();
  const chosen = await chooseManifest(dir, tag, digest);
  const manifest = parseCacheManifest(
    await readJsonBlob(dir, chosen),
    blobPath(dir, chosen.digest),
  );
  signal?.throwIfAborted();
  const configData = await readJsonBlob(dir, manifest.config);
  signal?.throwIfAborted();
  const config = parseCacheConfig(configData, { source: blobPath(dir, manifest.config.digest) });
  const descriptors = new Map(manifest.layers.map((layer) => [layer.digest, layer]));
  return {
    dir,
    tag: digest === undefined ? tag ?? DEFAULT_TAG : undefined,
    manifestDigest: chosen.digest,
    config: annotateLayers(config, descriptors, blobPath(dir, chosen.digest)),
    descriptors,
    async openBlob(digest) {
      const descriptor = descriptors.get(digest);
      if (!descriptor) throw new RangeError(`blob ${digest}: is not in this cache`);
      await checkBlob(dir, descriptor);
      return await openFile(blobPath(dir, digest));
    },
    async checkBlobs(blobs, { signal } = {}) {
      for (const [digest, size] of blobs) {
        signal?.throwIfAborted();
        await checkBlob(dir, { digest, size });
      }
    },
  };
}

async function chooseManifest(dir: string, tag?: string, digest?: string): Promise<BlobName> {
  if (digest === undefined) return selectManifest(await openImageLayout(dir), tag);
  if (tag !== undefined) {
    throw new LayoutError(`tag ${JSON.stringify(tag)} and digest ${digest}: expected one of them`);
  }
  await checkDirectory(dir);
  return { digest };
}

/** A descriptor, as far as it is known: of a manifest that is asked for by digest, no size is. */
type BlobName = Pick<Descriptor, "digest"> & Partial<Pick<Descriptor, "size">>;

/** Makes sure that a blob is there in its size, which it gives back. */
async function checkBlob(dir: string, { digest, size }: BlobName): Promise<number> {
  const path = blobPath(dir, digest);
  const found = await fileSize(path);
  if (found === undefined) {
    throw new LayoutError(
      `${path}: no such file` + (size === undefined ? "" : `, expected a blob of ${size} bytes`),
    );
  }
  if (size !== undefined && found !== size) {
    throw new IntegrityError(`${path}: has ${found} bytes, expected ${size}`);
  }
  return found;
}

async function readJsonBlob(dir: string, blob: BlobName): Promise<Uint8Array> {
  const path = blobPath(dir, blob.digest);
  const size = await checkBlob(dir, blob);
  if (size > MAX_JSON_BYTES) {
    throw new LayoutError(
      `${path}: has ${size} bytes, the limit of a manifest or config is ${MAX_JSON_BYTES}`,
    );
  }
  const data = await readFile(path);
  const actual = await digestOf(data);
  if (actual !== blob.digest) {
    throw new IntegrityError(`${path}: has digest ${actual}, which its name does not say`);
  }
  return data;
}

/** The two JSON blobs of a local cache. */
export interface EncodedLocalCache {
  /** The cache config, as JSON. */
  readonly config: Uint8Array<ArrayBuffer>;
  /** The image manifest, as JSON. */
  readonly manifest: Uint8Array<ArrayBuffer>;
  /** What the index says of the manifest. */
  readonly descriptor: Descriptor;
  /** Says that BuildKit will not read them, if they are too large for that. */
  readonly warning?: string;
}

/**
 * Encodes a cache as BuildKit's local exporter does: byte for byte, so that digests agree too.
 *
 * @param config of an S3 manifest
 * @returns the blobs that go into a directory besides the layers
 * @throws {RangeError} if a layer has no annotations
 */
export async function encodeLocalCache(config: CacheConfig): Promise<EncodedLocalCache> {
  const encoder = new TextEncoder();
  const local = toLocalLayers(config);
  const configData = encoder.encode(marshalCacheConfig(local.config));
  const configDescriptor = await describe(CACHE_CONFIG, configData);
  const manifest = encoder.encode(marshalCacheManifest(configDescriptor, local.layers));
  const warnings = checkReadableByBuildKit(configData.length, manifest.length);
  return {
    config: configData,
    manifest,
    descriptor: await describe(IMAGE_MANIFEST, manifest),
    warning: warnings.length > 0 ? warnings.join("; ") : undefined,
  };
}

async function describe(mediaType: string, data: Uint8Array): Promise<Descriptor> {
  return { mediaType, digest: await digestOf(data), size: data.length };
}
