/**
 * A cache in a bucket, read lazily: the manifest first, blobs when somebody wants them.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { type CacheKey, CacheLookup, type CacheMatch } from "../cacheconfig/lookup.ts";
import type { CacheConfig, LayerAnnotations } from "../cacheconfig/types.ts";
import { IntegrityError } from "../digest.ts";
import type { GetResult } from "../s3/get.ts";
import type { ByteRange, RequestOptions } from "../s3/types.ts";
import { uncompressLayer } from "../oci/uncompress.ts";
import { verified } from "../runtime/verified_stream.ts";
import { blobKey, manifestKey } from "./bucket_layout.ts";
import { connect, type Connection, type TransferOptions } from "./connection.ts";
import { readManifest } from "./manifest.ts";
import { type BlobSource, type CacheSource, uniteConfigs } from "./source.ts";

/** A blob of a cache. */
export interface CacheBlob {
  /** In bytes, of the whole blob. */
  size: number;
  /**
   * The bytes. Those of a whole blob are verified: the stream fails with IntegrityError at its end
   * if they are not what the digest says.
   */
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The whole body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The tar archive that the blob holds, in place of `body`. It is verified too: the stream fails
   * with IntegrityError at its end if it is not what the layer's diffID says. Not for a range.
   */
  uncompressed(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** How to read a blob. */
export interface BlobOptions extends RequestOptions {
  /** Only these bytes; a part of a blob cannot be verified. */
  range?: ByteRange;
}

/** The connection behind a cache, for what works on it from beside. */
export let connectionOf: (cache: Cache) => Connection & { options: CacheOptions };

/** A cache in a bucket. */
export class Cache implements CacheSource {
  /** Its layers and records. */
  readonly config: CacheConfig;
  /** The names whose manifests were found; none means that the cache is empty. */
  readonly names: string[];
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #blobs: ReadonlyMap<string, LayerAnnotations>;
  #lookup: CacheLookup | undefined;

  static {
    connectionOf = (cache) => ({ ...cache.#connection, options: cache.#options });
  }

  /** Used by {@linkcode importCache}. */
  constructor(
    config: CacheConfig,
    names: string[],
    options: CacheOptions,
    connection: Connection,
  ) {
    this.config = config;
    this.names = names;
    this.#options = options;
    this.#connection = connection;
    this.#blobs = new Map(config.layers.map(({ blob, annotations }) => [blob, annotations!]));
  }

  /**
   * Looks a step up, as a builder does. The manifest is all that is needed for that.
   *
   * @param key a step with its inputs, or just its digest
   * @returns the records that match and the layers of the newest result; undefined if none matches
   */
  find(key: CacheKey | string): CacheMatch | undefined {
    return (this.#lookup ??= new CacheLookup(this.config)).find(key);
  }

  /**
   * Reads a blob.
   *
   * @param digest of a blob of the config
   * @param options range, `signal`
   * @returns its size and bytes
   * @throws {S3Error} `NoSuchKey` if the bucket has lost the blob
   * @throws {IntegrityError} if it is of another size than the config says
   */
  async blob(digest: string, options: BlobOptions = {}): Promise<CacheBlob> {
    const { size, mediaType, diffID } = this.#annotations(digest);
    const key = blobKey(this.#options, digest);
    const result = await this.#connection.client.get(key, {
      ...options,
      digest: options.range ? undefined : digest,
    });
    await checkSize(result, key, size);
    return {
      size,
      body: result.body,
      bytes: () => result.bytes(),
      uncompressed: async () => {
        if (options.range) {
          throw new TypeError("uncompressed: a range of a blob cannot be unpacked");
        }
        return verified(await uncompressLayer(result.body, mediaType), diffID, `${key}: unpacked`);
      },
    };
  }

  /** Opens a blob for an export into another bucket. */
  openBlob(digest: string): Promise<BlobSource> {
    return Promise.resolve({
      size: this.#annotations(digest).size,
      read: async (offset, length) => {
        if (length === 0) return new Uint8Array();
        const range = { start: offset, end: offset + length - 1 };
        return await (await this.blob(digest, { range })).bytes();
      },
      close: () => Promise.resolve(),
    });
  }

  #annotations(digest: string): LayerAnnotations {
    const annotations = this.#blobs.get(digest);
    if (!annotations) throw new RangeError(`blob ${digest}: is not in this cache`);
    return annotations;
  }
}

async function checkSize(result: GetResult, key: string, size: number): Promise<void> {
  if (result.info.size === size) return;
  await result.body.cancel();
  throw new IntegrityError(`${key}: has ${result.info.size} bytes, the manifest says ${size}`);
}

/**
 * Reads the manifests of a cache: all of its names, so that a branch falls back on what its parent
 * has; of a step that several know, the newest result counts. A manifest that is not there is an
 * empty cache, as for BuildKit; a bucket that is not there is an error.
 *
 * @param options where from
 * @param settings `signal`, and what to use in place of the runtime's own
 * @returns the cache; its blobs are read when they are asked for
 * @throws {S3Error} if the bucket refuses, or is not there
 * @throws {CacheConfigError} if a manifest is not a valid cache config
 */
export async function importCache(
  options: CacheOptions,
  settings: TransferOptions = {},
): Promise<Cache> {
  const connection = connect(options, settings);
  const { signal } = settings;
  const manifests = await Promise.all(options.names.map(async (name) => ({
    name,
    config: (await readManifest(connection.client, manifestKey(options, name), { signal }))?.config,
  })));
  const found = manifests.filter(({ config }) => config !== undefined);
  const config = uniteConfigs(found.map(({ config }) => config!));
  return new Cache(config, found.map(({ name }) => name), options, connection);
}
