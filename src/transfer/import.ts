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
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { blobKey } from "./bucket_layout.ts";
import { type Cache, connectionOf } from "./cache.ts";
import { BLOB_PARTS, type TransferOptions } from "./connection.ts";
import { findBlobs } from "./presence.ts";
import { fitForBuildKit } from "./readable_size.ts";
import { Recorder, type TransferReport } from "./progress.ts";
import { distinctBlobs, uniteConfigs } from "./source.ts";
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
 * @param source what to write; several caches, perhaps of several buckets, become one
 * @param options tag, strictness, `signal`, `onProgress`
 * @returns what was done
 * @throws {S3Error} if a bucket refuses
 * @throws {IntegrityError} with `strict`, if a blob is missing or damaged
 */
export async function writeLocalCache(
  dir: string,
  source: Cache | readonly Cache[],
  options: WriteOptions = {},
): Promise<ImportReport> {
  const { signal, onProgress, tag = "latest", strict = false } = options;
  const caches = [source].flat();
  const found = caches.filter(({ config }) => config.layers.length > 0);
  const names = caches.flatMap((cache) => cache.names);
  const connections = caches.map((cache) => connectionOf(cache));
  const recorder = new Recorder(
    connections.map(({ requests }) => requests),
    connections[0]?.clock ?? Date.now,
    onProgress,
  );
  const report = (layers: number) => recorder.report(names, layers);

  const importer = new Importer(found, recorder, strict);
  const present = await importer.checkPresence(signal);
  if (present.layers.length === 0) return report(0);
  const available = names.length > 1 ? fitForBuildKit(present, recorder, strict) : present;
  const { warning } = await encodeLocalCache(available);
  if (warning) recorder.warn(warning);
  const writer = await openLayoutWriter(dir, { signal });
  const config = await importer.download(available, writer, signal);
  if (config.layers.length === 0) return report(0);

  const encoded = await encodeLocalCache(config);
  await writer.putBlob(encoded.config);
  const manifest = await writer.putBlob(encoded.manifest);
  await writer.setTag(tag, { ...encoded.descriptor, digest: manifest.digest, size: manifest.size });
  recorder.manifest(tag);
  return { ...report(config.layers.length), digest: manifest.digest, tag };
}

/** Where a blob is, or was expected. */
interface Origin {
  client: S3Client;
  key: string;
}

/** Brings the blobs of caches into a directory, and leaves out what cannot be had. */
class Importer {
  readonly #caches: readonly Cache[];
  readonly #config: CacheConfig;
  readonly #recorder: Recorder;
  readonly #strict: boolean;
  /** Of each blob the first bucket that has it. */
  readonly #origins = new Map<string, Origin>();

  constructor(caches: readonly Cache[], recorder: Recorder, strict: boolean) {
    this.#caches = caches;
    this.#config = uniteConfigs(caches.map(({ config }) => config));
    this.#recorder = recorder;
    this.#strict = strict;
  }

  /** The part of the config whose blobs are in a bucket, asked for before anything is written. */
  async checkPresence(signal: AbortSignal | undefined): Promise<CacheConfig> {
    const blobs = distinctBlobs(this.#config);
    this.#recorder.start(blobs.size, [...blobs.values()].reduce((sum, size) => sum + size, 0));
    const missing = new Map<string, string>();
    for (const cache of this.#caches) {
      const { client, options } = connectionOf(cache);
      const wanted = [...distinctBlobs(cache.config).keys()]
        .filter((digest) => !this.#origins.has(digest));
      const present = await findBlobs(client, options, wanted, {
        signal,
        onWarning: (message) => this.#recorder.warn(message),
      });
      for (const digest of wanted) {
        const key = blobKey(options, digest);
        const problem = problemOf(present.get(digest), blobs.get(digest)!);
        if (problem) missing.set(digest, `${key} ${problem}`);
        else this.#origins.set(digest, { client, key });
      }
    }
    for (const digest of this.#origins.keys()) missing.delete(digest);
    return this.#without(this.#config, missing);
  }

  /** Downloads the blobs of a config; what is damaged, or has vanished since, is left out. */
  async download(
    config: CacheConfig,
    writer: LayoutWriter,
    signal: AbortSignal | undefined,
  ): Promise<CacheConfig> {
    const { options } = connectionOf(this.#caches[0]!);
    const lost = new Map<string, string>();
    await forEachParallel(
      // Large ones first: a large blob that comes last would be waited for alone.
      [...distinctBlobs(config)].toSorted(([, a], [, b]) => b - a),
      options.uploadParallelism,
      async ([digest, size], signal) => {
        if (await writer.hasBlob(digest, size, { signal })) {
          return this.#recorder.blob(digest, size, "reused");
        }
        const problem = await this.#downloadBlob(digest, size, writer, signal);
        if (problem) lost.set(digest, problem);
        else this.#recorder.blob(digest, size, "transferred");
      },
      signal,
    );
    return this.#without(config, lost);
  }

  /** Says what is wrong with a blob that cannot be had. */
  async #downloadBlob(
    digest: string,
    size: number,
    writer: LayoutWriter,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { client, key } = this.#origins.get(digest)!;
    const blob = await writer.createBlob(digest, size, key);
    try {
      await client.download(key, blob, {
        ...BLOB_PARTS,
        onProgress: ({ bytes }) => this.#recorder.bytes(digest, bytes),
        signal,
      });
      await blob.commit();
    } catch (error) {
      if (isNoSuchKey(error)) return `${key} is missing`;
      // Bytes that are not the digest's are as good as none.
      if (error instanceof IntegrityError) return `${key} is damaged: ${error.message}`;
      throw error;
    } finally {
      await blob.discard();
    }
  }

  #without(config: CacheConfig, missing: ReadonlyMap<string, string>): CacheConfig {
    if (missing.size === 0) return config;
    if (this.#strict) {
      throw new IntegrityError(`blobs are lost: ${[...missing.values()].join(", ")}`);
    }
    const sizes = distinctBlobs(config);
    for (const [digest, problem] of missing) {
      this.#recorder.blob(digest, sizes.get(digest) ?? 0, "missing");
      this.#recorder.warn(`${problem}; steps that need it will run again`);
    }
    return dropBroken(config, (digest) => !missing.has(digest)).config;
  }
}

/** Why a blob that was looked for is of no use. */
function problemOf(info: ObjectInfo | undefined, size: number): string | undefined {
  if (!info) return "is missing";
  if (info.size !== size) return `has ${info.size} bytes instead of ${size}`;
  return isArchived(info) ? `is archived (${info.storageClass})` : undefined;
}
