/**
 * Import: writes a cache of a bucket into a directory, as BuildKit's own local exporter does.
 *
 * @module
 */
import { dropBroken } from "../cacheconfig/filter.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { IntegrityError } from "../digest.ts";
import { type LayoutWriter, openLayoutWriter } from "../oci/layout_writer.ts";
import { encodeLocalCache } from "../oci/local_cache.ts";
import { forEachParallel } from "../parallel.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import { blobKey } from "./bucket_layout.ts";
import { type Cache, connectionOf } from "./cache.ts";
import { BLOB_PARTS, type TransferOptions } from "./connection.ts";
import { findBlobs } from "./presence.ts";
import { fitForBuildKit } from "./readable_size.ts";
import { Recorder, type TransferReport } from "./progress.ts";
import { distinctBlobs } from "./source.ts";
import { isArchived } from "./touch.ts";

/** How to write a local cache. */
export interface WriteOptions extends Pick<TransferOptions, "signal" | "onProgress"> {
  /** The entry that is written; others in the directory are kept. `latest` by default. */
  tag?: string;
  /** Fail if a blob is missing or damaged, instead of leaving out what needs it. */
  strict?: boolean;
}

/** What an import did. */
export interface ImportReport extends TransferReport {
  /** Digest of the image manifest that was written; undefined if the cache was empty. */
  digest?: string;
  /** The entry that names it. */
  tag?: string;
}

/**
 * Writes a cache into a directory that `type=local,src=DIR` reads: blobs first, each verified, the
 * index last. Blobs that are there already are verified and kept; so are other tags.
 *
 * @param dir is made if it is not there; if the cache is empty nothing is written
 * @param cache what to write
 * @param options tag, strictness, `signal`, `onProgress`
 * @returns what was done
 * @throws {S3Error} if the bucket refuses
 * @throws {IntegrityError} with `strict`, if a blob is missing or damaged
 */
export async function writeLocalCache(
  dir: string,
  cache: Cache,
  options: WriteOptions = {},
): Promise<ImportReport> {
  const { signal, onProgress, tag = "latest", strict = false } = options;
  const { requests, clock } = connectionOf(cache);
  const recorder = new Recorder(requests, clock, onProgress);
  const report = (config: CacheConfig) => recorder.report(cache.names, config.layers.length);
  if (cache.config.layers.length === 0) return report(cache.config);

  const importer = new Importer(cache, recorder, strict);
  const present = await importer.checkPresence(signal);
  if (present.layers.length === 0) return report(present);
  const available = cache.names.length > 1 ? fitForBuildKit(present, recorder, strict) : present;
  const { warning } = await encodeLocalCache(available);
  if (warning) recorder.warn(warning);
  const writer = await openLayoutWriter(dir, { signal });
  const config = await importer.download(available, writer, signal);
  if (config.layers.length === 0) return report(config);

  const encoded = await encodeLocalCache(config);
  await writer.putBlob(encoded.config);
  const manifest = await writer.putBlob(encoded.manifest);
  await writer.setTag(tag, { ...encoded.descriptor, digest: manifest.digest, size: manifest.size });
  recorder.manifest(tag);
  return { ...report(config), digest: manifest.digest, tag };
}

/** Brings the blobs of one cache into a directory, and leaves out what cannot be had. */
class Importer {
  readonly #cache: Cache;
  readonly #recorder: Recorder;
  readonly #strict: boolean;

  constructor(cache: Cache, recorder: Recorder, strict: boolean) {
    this.#cache = cache;
    this.#recorder = recorder;
    this.#strict = strict;
  }

  /** The part of the config whose blobs are in the bucket, asked for before anything is written. */
  async checkPresence(signal: AbortSignal | undefined): Promise<CacheConfig> {
    const { config } = this.#cache;
    const { client, options } = connectionOf(this.#cache);
    const blobs = distinctBlobs(config);
    const present = await findBlobs(client, options, blobs.keys(), {
      signal,
      onWarning: (message) => this.#recorder.warn(message),
    });
    const missing = new Map<string, string>();
    for (const [digest, size] of blobs) {
      const info = present.get(digest);
      if (!info) missing.set(digest, "is missing");
      else if (info.size !== size) missing.set(digest, `has ${info.size} bytes instead of ${size}`);
      else if (isArchived(info)) missing.set(digest, `is archived (${info.storageClass})`);
    }
    return this.#without(config, missing);
  }

  /** Downloads the blobs of a config; what is damaged, or has vanished since, is left out. */
  async download(
    config: CacheConfig,
    writer: LayoutWriter,
    signal: AbortSignal | undefined,
  ): Promise<CacheConfig> {
    const { client, options } = connectionOf(this.#cache);
    const blobs = distinctBlobs(config);
    this.#recorder.start(blobs.size, [...blobs.values()].reduce((sum, size) => sum + size, 0));
    const lost = new Map<string, string>();
    await forEachParallel(
      [...blobs].toSorted(([, a], [, b]) => b - a),
      options.uploadParallelism,
      async ([digest, size], signal) => {
        if (await writer.hasBlob(digest, size, { signal })) {
          return this.#recorder.blob(digest, size, "reused");
        }
        const key = blobKey(options, digest);
        const blob = await writer.createBlob(digest, size, key);
        try {
          await client.download(key, blob, {
            ...BLOB_PARTS,
            onProgress: ({ bytes }) => this.#recorder.bytes(digest, bytes),
            signal,
          });
          await blob.commit();
          this.#recorder.blob(digest, size, "transferred");
        } catch (error) {
          if (isNoSuchKey(error)) lost.set(digest, "is missing");
          // Bytes that are not the digest's are as good as none.
          else if (error instanceof IntegrityError) {
            lost.set(digest, `is damaged: ${error.message}`);
          } else throw error;
        } finally {
          await blob.discard();
        }
      },
      signal,
    );
    return this.#without(config, lost);
  }

  #without(config: CacheConfig, missing: ReadonlyMap<string, string>): CacheConfig {
    if (missing.size === 0) return config;
    const { options } = connectionOf(this.#cache);
    const described = [...missing].map(([digest, what]) => `${blobKey(options, digest)} ${what}`);
    if (this.#strict) {
      throw new IntegrityError(`blobs are lost: ${described.join(", ")}`);
    }
    const sizes = distinctBlobs(config);
    for (const digest of missing.keys()) {
      this.#recorder.blob(digest, sizes.get(digest) ?? 0, "missing");
    }
    for (const line of described) this.#recorder.warn(`${line}; steps that need it will run again`);
    return dropBroken(config, (digest) => !missing.has(digest)).config;
  }
}
