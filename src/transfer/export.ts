/**
 * Export: writes a cache into a bucket, as BuildKit's own S3 exporter does.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import { filterMin } from "../cacheconfig/min.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { forEachParallel } from "../parallel.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { verifiedParts } from "./blob_reader.ts";
import { blobKey, manifestKey } from "./bucket_layout.ts";
import { BLOB_PARTS, connect, type Connection, type TransferOptions } from "./connection.ts";
import { findBlobs } from "./presence.ts";
import { Recorder, type TransferReport } from "./progress.ts";
import { type CacheSource, distinctBlobs } from "./source.ts";
import { isArchived, Toucher } from "./touch.ts";

/** What an export did; see {@linkcode TransferReport}. */
export type ExportReport = TransferReport;

/** BuildKit reads no larger config from a directory or a registry; from S3 it does. */
const READABLE_BYTES = 1_048_576;

/**
 * Writes a cache into a bucket: blobs that it does not have, then the manifest, under every name.
 * What is in the bucket stays readable at every moment, and if the export fails nothing of it is
 * changed but that it may hold more blobs.
 *
 * @param source such as a local cache
 * @param options where to; `mode: "min"` filters, without a mode all that the source holds is sent
 * @param settings `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns what was done
 * @throws {S3Error} if the bucket refuses
 * @throws {IntegrityError} if a blob of the source is not what its digest says
 */
export async function exportCache(
  source: CacheSource,
  options: CacheOptions,
  settings: TransferOptions = {},
): Promise<ExportReport> {
  const connection = connect(options, settings);
  const { signal } = settings;
  const recorder = new Recorder(connection.requests, connection.clock, settings.onProgress);
  const config = options.mode === "min" ? filterMin(source.config) : source.config;
  const manifest = encode(config, recorder);
  const blobs = distinctBlobs(config);
  await source.checkBlobs?.(blobs, { signal });
  recorder.start(blobs.size, sum(blobs.values()));
  const present = await findBlobs(connection.client, options, blobs.keys(), {
    signal,
    onWarning: (message) => recorder.warn(message),
  });
  const exporter = new BlobExporter(source, options, connection, recorder, present);
  await forEachParallel(
    // Large ones first: a large blob that comes last would be waited for alone.
    [...blobs].toSorted(([, a], [, b]) => b - a),
    options.uploadParallelism,
    ([digest, size], signal) => exporter.export(digest, size, signal),
    signal,
  );
  for (const name of options.names) {
    await connection.client.put(manifestKey(options, name), manifest, {
      ...connection.placement,
      signal,
    });
    recorder.manifest(name);
  }
  return recorder.report(options.names, config.layers.length);
}

function encode(config: CacheConfig, recorder: Recorder): Uint8Array<ArrayBuffer> {
  const manifest = new TextEncoder().encode(marshalCacheConfig(config));
  if (manifest.length > READABLE_BYTES) {
    recorder.warn(
      `the manifest has ${manifest.length} bytes: BuildKit reads it from S3, but once it is ` +
        `imported into a directory or served by a registry it reads at most ${READABLE_BYTES}`,
    );
  }
  return manifest;
}

/** Brings one blob after the other into the bucket. */
class BlobExporter {
  readonly #source: CacheSource;
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  readonly #present: ReadonlyMap<string, ObjectInfo>;
  readonly #toucher: Toucher;

  constructor(
    source: CacheSource,
    options: CacheOptions,
    connection: Connection,
    recorder: Recorder,
    present: ReadonlyMap<string, ObjectInfo>,
  ) {
    this.#source = source;
    this.#options = options;
    this.#connection = connection;
    this.#recorder = recorder;
    this.#present = present;
    this.#toucher = new Toucher(connection.client, connection.placement, connection.clock);
  }

  async export(digest: string, size: number, signal: AbortSignal): Promise<void> {
    const recorder = this.#recorder;
    const info = this.#present.get(digest);
    if (info && info.size === size && !isArchived(info)) {
      const age = this.#connection.clock() - info.lastModified.getTime();
      if (age <= this.#options.touchRefreshMs) return recorder.blob(digest, size, "reused");
      if (await this.#toucher.touch(info, { signal })) {
        return recorder.blob(digest, size, "touched");
      }
    }
    await this.#upload(digest, signal);
    recorder.blob(digest, size, "transferred");
  }

  async #upload(digest: string, signal: AbortSignal): Promise<void> {
    const { client, placement } = this.#connection;
    const blob = await this.#source.openBlob(digest);
    try {
      await client.upload(blobKey(this.#options, digest), verifiedParts(blob, digest), {
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
