/**
 * Export: writes a cache into a bucket, as BuildKit's own S3 exporter does.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import { filterMin } from "../cacheconfig/min.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { BUILDKIT_READ_LIMIT } from "../oci/image_manifest.ts";
import { forEachParallel } from "../parallel.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { verifiedParts } from "./blob_reader.ts";
import { BlobRefresher } from "./blob_refresher.ts";
import { blobKey, manifestKey } from "./bucket_layout.ts";
import { BLOB_PARTS, connect, type Connection, type TransferOptions } from "./connection.ts";
import { writeMerged } from "./merge.ts";
import { findBlobs } from "./presence.ts";
import { Recorder, type TransferReport } from "./progress.ts";
import { type CacheSource, distinctBlobs } from "./source.ts";
import { isArchived, isStale, Toucher } from "./touch.ts";

/** What an export did; see {@linkcode TransferReport}. */
export type ExportReport = TransferReport;

/** Settings of an export. */
export interface ExportOptions extends TransferOptions {
  /** Fail if a merged cache is too large for BuildKit, instead of leaving out what is oldest. */
  strict?: boolean;
}

/**
 * Writes a cache into a bucket: blobs that it does not have, then the manifest, under every name.
 * What is in the bucket stays readable at every moment, and if the export fails nothing of it is
 * changed but that it may hold more blobs. With `merge` a manifest keeps what it holds, and gets
 * what is exported besides.
 *
 * @param source such as a local cache
 * @param options where to; `mode: "min"` filters, without a mode all that the source holds is sent
 * @param settings `signal`, `onProgress`, `strict`, and what to use in place of the runtime's own
 * @returns what was done
 * @throws {S3Error} if the bucket refuses
 * @throws {IntegrityError} if a blob of the source is not what its digest says
 */
export async function exportCache(
  source: CacheSource,
  options: CacheOptions,
  settings: ExportOptions = {},
): Promise<ExportReport> {
  const connection = connect(options, settings);
  const { client, placement, clock, requests } = connection;
  const { signal, strict = false } = settings;
  const recorder = new Recorder(requests, clock, settings.onProgress);
  const config = options.mode === "min" ? filterMin(source.config) : source.config;
  const manifest = encode(config, recorder);
  const blobs = distinctBlobs(config);
  await source.checkBlobs?.(blobs, { signal });
  recorder.start(blobs.size, sum(blobs.values()));
  const present = await findBlobs(client, options, blobs.keys(), {
    signal,
    onWarning: (message) => recorder.warn(message),
  });
  const toucher = new Toucher(client, placement, clock);
  const exporter = new BlobExporter(source, options, connection, recorder, present, toucher);
  await forEachParallel(
    // Large ones first: a large blob that comes last would be waited for alone.
    [...blobs].toSorted(([, a], [, b]) => b - a),
    options.uploadParallelism,
    ([digest, size], signal) => exporter.export(digest, size, signal),
    signal,
  );
  await exporter.restoreLost(signal);
  const refresher = new BlobRefresher(options, connection, recorder, toucher, blobs.keys());
  const context = { options, connection, recorder, refresher, strict, signal };
  let layers = config.layers.length;
  for (const name of options.names) {
    if (options.merge) layers = (await writeMerged(name, config, context)).layers.length;
    else await client.put(manifestKey(options, name), manifest, { ...placement, signal });
    recorder.manifest(name);
  }
  await exporter.restoreLost(signal);
  return recorder.report(options.names, layers);
}

function encode(config: CacheConfig, recorder: Recorder): Uint8Array<ArrayBuffer> {
  const manifest = new TextEncoder().encode(marshalCacheConfig(config));
  if (manifest.length > BUILDKIT_READ_LIMIT) {
    recorder.warn(
      `the manifest has ${manifest.length} bytes: BuildKit reads it from S3, but once it is ` +
        `imported into a directory or served by a registry it reads at most ${BUILDKIT_READ_LIMIT}`,
    );
  }
  return manifest;
}

/** Nobody who means well deletes a blob that was written so lately; a prune waits an hour longer. */
const SAFE_AGE_MS = 24 * 60 * 60 * 1000;

/** Brings one blob after the other into the bucket. */
class BlobExporter {
  readonly #source: CacheSource;
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  readonly #present: ReadonlyMap<string, ObjectInfo>;
  readonly #toucher: Toucher;
  /** What was in the bucket already and is so old that somebody may delete it, by digest. */
  readonly #kept = new Map<string, number>();

  constructor(
    source: CacheSource,
    options: CacheOptions,
    connection: Connection,
    recorder: Recorder,
    present: ReadonlyMap<string, ObjectInfo>,
    toucher: Toucher,
  ) {
    this.#source = source;
    this.#options = options;
    this.#connection = connection;
    this.#recorder = recorder;
    this.#present = present;
    this.#toucher = toucher;
  }

  async export(digest: string, size: number, signal: AbortSignal): Promise<void> {
    const recorder = this.#recorder;
    const info = this.#present.get(digest);
    if (info && info.size === size && !isArchived(info)) {
      const outcome = await this.#keep(info, signal);
      if (outcome) {
        const age = this.#connection.clock() - info.lastModified.getTime();
        if (age > SAFE_AGE_MS) this.#kept.set(digest, size);
        return recorder.blob(digest, size, outcome);
      }
    }
    await this.#upload(digest, signal);
    recorder.blob(digest, size, "transferred");
  }

  /**
   * Sends old blobs that were in the bucket when the export began and are there no more: somebody
   * may delete them just when they are found. Before the manifest is written this keeps it from naming
   * what is lost, and after that nobody who knows the manifest deletes them.
   */
  async restoreLost(signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.#connection;
    const found = await findBlobs(client, this.#options, this.#kept.keys(), {
      signal,
      onWarning: (message) => this.#recorder.warn(message),
    });
    const lost = [...this.#kept].filter(([digest, size]) => found.get(digest)?.size !== size);
    await forEachParallel(lost, this.#options.uploadParallelism, async ([digest], signal) => {
      this.#recorder.warn(`blob ${digest} was deleted during the export, and is sent again`);
      await this.#upload(digest, signal);
    }, signal);
  }

  async #keep(info: ObjectInfo, signal: AbortSignal): Promise<"reused" | "touched" | undefined> {
    if (!isStale(info, this.#options, this.#connection.clock())) return "reused";
    return await this.#toucher.touch(info, { signal }) ? "touched" : undefined;
  }

  async #upload(digest: string, signal: AbortSignal): Promise<void> {
    const { client, placement } = this.#connection;
    const key = blobKey(this.#options, digest);
    if (await this.#source.copyBlob?.(digest, { client, key, ...placement, signal })) return;
    const blob = await this.#source.openBlob(digest);
    try {
      await client.upload(key, verifiedParts(blob, digest), {
        ...placement,
        ...BLOB_PARTS,
        // The digest of a blob that goes in one request is the hash that signs it.
        sha256: digest.slice("sha256:".length),
        onProgress: ({ bytes }) => this.#recorder.bytes(digest, bytes),
        signal,
      });
    } finally {
      await blob.close();
    }
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
