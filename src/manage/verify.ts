/**
 * Verifying: whether what is in the bucket can be used.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { blobsOf } from "../cacheconfig/layers.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { secondsSince } from "../elapsed.ts";
import { forEachParallel } from "../parallel.ts";
import type { RequestKind } from "../s3/types.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { connect, type Connection } from "../transfer/connection.ts";
import { checkContent } from "./blob_content.ts";
import { type BlobFault, readBlobIndex } from "./blob_index.ts";
import { DigestTable } from "./digest_table.ts";
import { readManifests } from "./manifests.ts";
import type { ManageEvent, ManageSettings } from "./settings.ts";

/** How many blobs are read at once by a deep verification. */
const READ_PARALLELISM = 4;

/** Settings of {@linkcode verifyCache}. */
export interface VerifyOptions extends ManageSettings {
  /** Read every blob, and check its digest and diffID too. */
  deep?: boolean;
}

/** Something that is wrong in the bucket. */
export interface CacheProblem {
  /** `manifest`: it cannot be read; the others see {@linkcode BlobFault}. */
  kind: "manifest" | BlobFault["kind"];
  /** The cache that it is wrong in. */
  name: string;
  /** The blob, if it is one. */
  digest?: string;
  /** For people. */
  message: string;
}

/** What a verification found. */
export interface VerifyReport {
  /** How many manifests were looked at. */
  manifests: number;
  /** How many distinct blobs they refer to. */
  blobs: number;
  /** The size of these, as the manifests say it, in bytes. */
  bytes: number;
  /** What is wrong; empty if nothing is. */
  problems: CacheProblem[];
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
  /** How long it took. */
  seconds: number;
}

/**
 * Checks every cache of a bucket: that its manifest is valid, and that each of its blobs is there
 * in its size and not in an archive. A deep verification reads each blob as well.
 *
 * @example
 * ```ts
 * import { parseAttributes, verifyCache } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,bucket=cache,region=eu-west-1", { direction: "import" });
 * const empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
 * const report = await verifyCache(options, {
 *   fetch: () => Promise.resolve(new Response(empty)),
 * });
 * console.assert(report.manifests === 0 && report.problems.length === 0);
 * ```
 *
 * @param options where the caches are; all names are checked
 * @param settings `deep`, `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns what was found
 * @throws {S3Error} if the bucket refuses
 */
export async function verifyCache(
  options: CacheOptions,
  settings: VerifyOptions = {},
): Promise<VerifyReport> {
  const { onProgress, deep = false, ...rest } = settings;
  const { signal } = settings;
  const connection = connect(options, rest);
  const { client, requests, clock } = connection;
  const start = clock();
  const index = await readBlobIndex(client, options, { signal, onProgress });
  const reader = deep ? new BlobReader(options, connection, onProgress) : undefined;
  const seen = new DigestTable();
  const report = { manifests: 0, blobs: 0, bytes: 0, problems: [] as CacheProblem[] };
  for await (const { name, config, error } of readManifests(client, options, { signal })) {
    report.manifests++;
    onProgress?.({ type: "manifest", name });
    if (!config) {
      report.problems.push({ kind: "manifest", name, message: error!.message });
      continue;
    }
    for (const [digest, annotations] of blobsOf(config)) {
      if (seen.has(digest)) continue;
      seen.set(digest, 1);
      report.blobs++;
      report.bytes += annotations!.size;
    }
    const faults = await index.faultsOf(config, { signal });
    await reader?.read(config, faults, signal);
    for (const [digest, fault] of faults) report.problems.push({ name, digest, ...fault });
  }
  return { ...report, requests: { ...requests.counts }, seconds: secondsSince(start, clock) };
}

/** Reads blobs, each once. */
export class BlobReader {
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #onProgress: ((event: ManageEvent) => void) | undefined;
  /** What was found, undefined for a sound blob, by all that was checked. */
  readonly #results = new Map<string, BlobFault | undefined>();

  /**
   * Makes a reader that has read nothing.
   *
   * @param options where the blobs are
   * @param connection to the bucket
   * @param onProgress is told of each blob
   */
  constructor(
    options: CacheOptions,
    connection: Connection,
    onProgress: ((event: ManageEvent) => void) | undefined,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#onProgress = onProgress;
  }

  /**
   * Reads the blobs of a config.
   *
   * @param config whose layers have annotations
   * @param faults what is known to be wrong, which is not read; what else is wrong is added
   * @param signal ends it
   */
  async read(
    config: CacheConfig,
    faults: Map<string, BlobFault>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const blobs = [...blobsOf(config)].filter(([digest]) => !faults.has(digest));
    await forEachParallel(blobs, READ_PARALLELISM, async ([digest, annotations], signal) => {
      const { mediaType, diffID, size } = annotations!;
      const expected = { key: blobKey(this.#options, digest), digest, mediaType, diffID };
      const id = `${digest} ${diffID} ${mediaType}`;
      if (!this.#results.has(id)) {
        this.#results.set(id, await checkContent(this.#connection.client, expected, { signal }));
        this.#onProgress?.({ type: "verified", digest, size });
      }
      const fault = this.#results.get(id);
      if (fault) faults.set(digest, fault);
    }, signal);
  }
}
