/**
 * What fills a bucket.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { isDigest } from "../digest.ts";
import type { S3Client } from "../s3/client.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { cacheReferenceOf } from "../oci/reference.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { connect } from "../transfer/connection.ts";
import { AWS_PRICES, type Cost, estimateCost, type Prices } from "./cost.ts";
import { Largest } from "./largest.ts";
import { readManifests } from "./manifests.ts";
import { BlobOwners, type Holding } from "./owners.ts";
import type { ManageSettings } from "./settings.ts";

const DAY_MS = 86_400_000;
/** The bounds between classes of age, in days. */
const AGE_BOUNDS = [1, 7, 30];
const DEFAULT_LARGEST = 100;

/** How to look. */
export interface StatsOptions extends ManageSettings {
  /** Prices for the estimate; those that are not given are AWS's. */
  prices?: Partial<Prices>;
  /** How many of the largest blobs to name; 100 if not given. */
  largest?: number;
}

/** Some blobs. */
export interface BlobTotals {
  /** How many. */
  blobs: number;
  /** Their size in bytes. */
  bytes: number;
}

/** Blobs that were last written so many days ago. */
export interface AgeClass extends BlobTotals {
  /** At least this many days. */
  minDays: number;
  /** Fewer than this many days; absent for the oldest. */
  maxDays?: number;
}

/** A cache's share of the bucket. Its numbers are 0 if its manifest cannot be read. */
export interface CacheShare extends Holding {
  /** Its name. */
  name: string;
  /** By what `REPOSITORY:TAG` a registry serves it; absent if none can spell the name. */
  ref?: string;
  /** When its manifest was last written. */
  lastModified: Date;
  /** Why the manifest cannot be read; absent if it can. */
  problem?: string;
}

/** A blob in the bucket. */
export interface StoredBlob {
  /** Its digest. */
  digest: string;
  /** In bytes. */
  size: number;
  /** When it was last written or touched. */
  lastModified: Date;
  /** How many caches hold it. */
  caches: number;
  /** The name of the only cache that holds it. */
  name?: string;
}

/** What fills a bucket. */
export interface CacheStats {
  /** Each cache, in order of their names' UTF-8 bytes. */
  caches: CacheShare[];
  /** All manifests. */
  manifests: {
    /** How many. */
    count: number;
    /** Their size in bytes. */
    bytes: number;
    /** How many cannot be read: what they hold counts as unreferenced. */
    unreadable: number;
  };
  /** Blobs that a manifest holds. */
  live: BlobTotals;
  /** Those of them that several hold. */
  shared: BlobTotals;
  /** Blobs that no manifest holds, all and by age. */
  unreferenced: BlobTotals & { byAge: AgeClass[] };
  /** How many blobs a manifest holds that the bucket has lost. */
  missing: number;
  /** What the caches hold, each for itself, divided by what they hold together; 1 for nothing. */
  dedupRatio: number;
  /** An estimate. */
  cost: Cost;
  /** The largest blobs, the largest first. */
  largest: StoredBlob[];
}

/**
 * Measures what fills a bucket. Reads every manifest, lists every blob, reads none.
 *
 * @example
 * ```ts
 * import { cacheStats, parseAttributes } from "@s3cache/s3cache";
 *
 * const text = "type=s3,region=eu-west-1,bucket=ci-cache,anonymous=true";
 * const stats = await cacheStats(parseAttributes(text, { direction: "import" }), {
 *   fetch: () => Promise.resolve(new Response("<ListBucketResult></ListBucketResult>")),
 *   prices: { storage: 0.02 },
 * });
 * console.assert(stats.live.bytes === 0 && stats.cost.storagePerMonth === 0);
 * ```
 *
 * @param options bucket and prefixes; the names in them play no part
 * @param settings prices, `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns bytes, counts, and an estimate of costs
 * @throws {S3Error} if the bucket cannot be listed
 */
export async function cacheStats(
  options: CacheOptions,
  settings: StatsOptions = {},
): Promise<CacheStats> {
  const { client, clock } = connect(options, settings);
  const now = clock();
  const { shares, owners, manifests } = await readShares(client, options, settings);
  const live = { blobs: 0, bytes: 0 };
  const shared = { blobs: 0, bytes: 0 };
  const unreferenced = { blobs: 0, bytes: 0, byAge: ageClasses() };
  const largest = new Largest<StoredBlob>(settings.largest ?? DEFAULT_LARGEST);
  for await (const [digest, info] of listBlobs(client, options, settings)) {
    const { size, lastModified } = info;
    const holders = owners.ownersOf(digest);
    const caches = holders?.count ?? 0;
    if (caches > 0) count(live, size);
    if (caches > 1) count(shared, size);
    if (caches === 0) {
      count(unreferenced, size);
      count(classOf(unreferenced.byAge, now - lastModified.getTime()), size);
    }
    const name = caches === 1 ? shares[holders!.first]!.name : undefined;
    largest.add({ digest, size, lastModified, caches, ...(name !== undefined && { name }) });
  }
  const caches = shares.map((share, i) => ({ ...share, ...owners.holding(i) }));
  const held = sum(caches.map(({ bytes }) => bytes));
  const usage = {
    bytes: live.bytes + unreferenced.bytes + manifests.bytes,
    unreferencedBytes: unreferenced.bytes,
    liveBlobs: live.blobs,
    heldBlobs: sum(caches.map(({ blobs }) => blobs)),
    manifests: manifests.count - manifests.unreadable,
  };
  return {
    caches,
    manifests,
    live,
    shared,
    unreferenced,
    missing: owners.total.blobs - live.blobs,
    dedupRatio: owners.total.bytes > 0 ? held / owners.total.bytes : 1,
    cost: estimateCost(usage, { ...AWS_PRICES, ...settings.prices }),
    largest: largest.list(),
  };
}

/** Reads the manifests; the share of each has the number that its owner has. */
async function readShares(
  client: S3Client,
  options: CacheOptions,
  { signal, onProgress }: StatsOptions,
) {
  const owners = new BlobOwners();
  const shares: Omit<CacheShare, keyof Holding>[] = [];
  const manifests = { count: 0, bytes: 0, unreadable: 0 };
  for await (const { name, info, config, error } of readManifests(client, options, { signal })) {
    // One that cannot be read holds nothing that we know of.
    owners.add(config ?? { layers: [], records: [] });
    const ref = cacheReferenceOf(name);
    shares.push({
      name,
      ...(ref !== undefined && { ref }),
      lastModified: info.lastModified,
      ...(error && { problem: error.message }),
    });
    manifests.count++;
    manifests.bytes += info.size;
    if (error) manifests.unreadable++;
    onProgress?.({ type: "manifest", name });
  }
  return { shares, owners, manifests };
}

/** The objects that are blobs, by digest. */
async function* listBlobs(
  client: S3Client,
  options: CacheOptions,
  { signal, onProgress }: StatsOptions,
): AsyncGenerator<[string, ObjectInfo]> {
  const prefix = blobKey(options, "");
  let objects = 0;
  for await (const page of client.listPages({ prefix: `${prefix}sha256:`, signal })) {
    for (const info of page.objects) {
      const digest = info.key.slice(prefix.length);
      if (isDigest(digest)) yield [digest, info];
    }
    onProgress?.({ type: "listed", objects: objects += page.objects.length });
  }
}

function ageClasses(): AgeClass[] {
  return [0, ...AGE_BOUNDS].map((minDays, i) => ({
    minDays,
    ...(i < AGE_BOUNDS.length && { maxDays: AGE_BOUNDS[i]! }),
    blobs: 0,
    bytes: 0,
  }));
}

function classOf(classes: AgeClass[], ageMs: number): AgeClass {
  return classes.findLast(({ minDays }) => ageMs >= minDays * DAY_MS) ?? classes[0]!;
}

function count(totals: BlobTotals, size: number): void {
  totals.blobs++;
  totals.bytes += size;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
