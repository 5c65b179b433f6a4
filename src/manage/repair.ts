/**
 * Repairing: manifests that name what is not there are made to do without.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { dropBroken, type ReducedCacheConfig } from "../cacheconfig/filter.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { secondsSince } from "../elapsed.ts";
import { isPreconditionFailed } from "../s3/errors.ts";
import type { RequestKind } from "../s3/types.ts";
import { honoursCondition } from "../transfer/conditional_writes.ts";
import { connect, type Connection } from "../transfer/connection.ts";
import { readManifest } from "../transfer/manifest.ts";
import { type BlobFault, type BlobIndex, readBlobIndex } from "./blob_index.ts";
import { readManifests } from "./manifests.ts";
import type { ManageSettings } from "./settings.ts";
import { BlobReader, type CacheProblem } from "./verify.ts";

/** How often another writer may come first. */
const ATTEMPTS = 20;

/** Settings of {@linkcode repairCache}. */
export interface RepairOptions extends ManageSettings {
  /** Change nothing, and report what would be done. Default: true. */
  dryRun?: boolean;
  /** Read every blob, and do without those whose bytes are wrong too. */
  deep?: boolean;
}

/** A cache that was repaired. */
export interface RepairedCache {
  /** Its name. */
  name: string;
  /** The blobs that it does without, and what is wrong with them. */
  blobs: (BlobFault & { digest: string })[];
  /** What had to be left out because of that. */
  dropped: ReducedCacheConfig["dropped"];
}

/** What a repair did, or would do. */
export interface RepairReport {
  /** Whether nothing was changed. */
  dryRun: boolean;
  /** How many manifests were looked at. */
  manifests: number;
  /** Those that were written anew. */
  repaired: RepairedCache[];
  /** Manifests that cannot be read: what they were to say nobody knows. */
  unreadable: CacheProblem[];
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
  /** How long it took. */
  seconds: number;
}

/**
 * Leaves the results out of every manifest of which a blob is missing, of another size or in an
 * archive. All records stay, so that a build finds its way up to the first step that has to run
 * again. A manifest that somebody writes at the same time is read and looked at again.
 *
 * @example
 * ```ts
 * import { parseAttributes, repairCache } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,bucket=cache,region=eu-west-1", { direction: "export" });
 * const empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
 * const report = await repairCache(options, {
 *   fetch: () => Promise.resolve(new Response(empty)),
 * });
 * console.assert(report.dryRun && report.repaired.length === 0);
 * ```
 *
 * @param options where the caches are; all names are looked at
 * @param settings `dryRun`, `deep`, `signal`, `onProgress`
 * @returns what was done
 * @throws {S3Error} if the bucket refuses, or others write a manifest again and again
 */
export async function repairCache(
  options: CacheOptions,
  settings: RepairOptions = {},
): Promise<RepairReport> {
  const { dryRun = true, deep = false, onProgress, signal } = settings;
  const connection = connect(options, settings);
  const { client, requests, clock } = connection;
  const start = clock();
  const index = await readBlobIndex(client, options, { signal, onProgress });
  const reader = deep ? new BlobReader(options, connection, onProgress) : undefined;
  const repairer = new Repairer(options, connection, index, reader, settings);
  const report = {
    manifests: 0,
    repaired: [] as RepairedCache[],
    unreadable: [] as CacheProblem[],
  };
  for await (const manifest of readManifests(client, options, { signal })) {
    const { name, key, config, etag, error } = manifest;
    report.manifests++;
    onProgress?.({ type: "manifest", name });
    if (!config) {
      report.unreadable.push({ kind: "manifest", name, message: error!.message });
      continue;
    }
    const repair = dryRun
      ? await repairer.plan(config)
      : await repairer.repair(key, { config, etag: etag! });
    if (repair) {
      const blobs = [...repair.faults].map(([digest, fault]) => ({ digest, ...fault }));
      report.repaired.push({ name, blobs, dropped: repair.reduced.dropped });
    }
  }
  return {
    dryRun,
    ...report,
    requests: { ...requests.counts },
    seconds: secondsSince(start, clock),
  };
}

interface Repair {
  faults: Map<string, BlobFault>;
  reduced: ReducedCacheConfig;
}

/** Repairs one manifest after the other. */
class Repairer {
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #index: BlobIndex;
  readonly #reader: BlobReader | undefined;
  readonly #settings: RepairOptions;
  /** Whether the server honours If-Match, once it was asked. */
  #honoured: boolean | undefined;

  constructor(
    options: CacheOptions,
    connection: Connection,
    index: BlobIndex,
    reader: BlobReader | undefined,
    settings: RepairOptions,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#index = index;
    this.#reader = reader;
    this.#settings = settings;
  }

  /** What would be left out; undefined if nothing is wrong. */
  async plan(config: CacheConfig): Promise<Repair | undefined> {
    const { signal } = this.#settings;
    const faults = await this.#index.faultsOf(config, { signal });
    await this.#reader?.read(config, faults, signal);
    if (faults.size === 0) return undefined;
    return { faults, reduced: dropBroken(config, (blob) => !faults.has(blob)) };
  }

  /** Writes a manifest anew; undefined if nothing is wrong. */
  async repair(
    key: string,
    manifest: { config: CacheConfig; etag: string },
  ): Promise<Repair | undefined> {
    const { client, placement, random, sleep } = this.#connection;
    const { signal } = this.#settings;
    for (let attempt = 1;; attempt++) {
      const repair = await this.plan(manifest.config);
      if (!repair) return undefined;
      const honoured = await this.#honoursIfMatch();
      try {
        await client.put(key, marshalCacheConfig(repair.reduced.config), {
          ...placement,
          ...(honoured && { ifMatch: manifest.etag }),
          signal,
        });
        return repair;
      } catch (error) {
        if (!isPreconditionFailed(error) || attempt === ATTEMPTS) throw error;
      }
      await sleep(random() * Math.min(5000, 50 * 2 ** attempt), signal);
      const current = await readManifest(client, key, { signal });
      if (!current) return undefined;
      manifest = current;
    }
  }

  async #honoursIfMatch(): Promise<boolean> {
    if (this.#honoured !== undefined) return this.#honoured;
    const { signal, onProgress } = this.#settings;
    const { client } = this.#connection;
    this.#honoured = await honoursCondition(client, this.#options.prefix, "ifMatch", { signal });
    if (!this.#honoured) {
      const message = "the server does not honour conditional writes: " +
        "an export that ends while its manifest is repaired may be lost";
      onProgress?.({ type: "warning", message });
    }
    return this.#honoured;
  }
}
