/**
 * Pruning: gives up caches by a policy, and deletes the blobs that no cache refers to. Why that is
 * safe beside builds that know nothing of it is written in docs/operations.md.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { secondsSince } from "../elapsed.ts";
import type { S3Client } from "../s3/client.ts";
import type { DeleteFailure } from "../s3/delete.ts";
import type { RequestKind } from "../s3/types.ts";
import { type BucketLayout, manifestKey } from "../transfer/bucket_layout.ts";
import { connect } from "../transfer/connection.ts";
import { type ListedManifest, listManifests } from "./manifests.ts";
import { candidatesKey, ownPrefix } from "./own_keys.ts";
import { readCandidates, writeCandidates } from "./prune_candidates.ts";
import { deleteLeftovers, readGateway } from "./prune_gateway.ts";
import { PruneRefusedError, refuseUnknownManifests } from "./prune_guard.ts";
import {
  orderRetirements,
  type PrunePolicy,
  type Retirement,
  type RetirementOrder,
} from "./prune_policy.ts";
import { type DamagedManifest, References, STAYS } from "./prune_references.ts";
import { Sweep, type SweepReport, type Tally } from "./prune_sweep.ts";
import { abortStaleUploads } from "./prune_uploads.ts";
import { observeServerTime } from "./server_time.ts";
import type { ManageSettings } from "./settings.ts";
import { isSameVersion, versionOf } from "./version.ts";

const HOUR_MS = 3_600_000;
/** Two days: BuildKit's touch_refresh of one, and a long build. */
const DEFAULT_GRACE_MS = 48 * HOUR_MS;
/** BuildKit's default touch_refresh and an hour for the export. */
const LEAST_GRACE_MS = 25 * HOUR_MS;
/** A clock that is further off than this is worth a word. */
const SKEW_MS = 5 * 60_000;

/** Settings of {@linkcode pruneCaches}. */
export interface PruneOptions extends ManageSettings, PrunePolicy {
  /** Change nothing, and report what would be done. Default: true. */
  dryRun?: boolean;
  /**
   * Blobs and uploads that are younger stay, in milliseconds. It must exceed the largest
   * touch_refresh in use plus the longest export. Default: 48 hours.
   */
  graceMs?: number;
  /** Allow a grace period that cannot be safe while there are builds. */
  unsafeGrace?: boolean;
  /**
   * Delete only blobs that an earlier run with this setting found unreferenced, at least the grace
   * period ago. It also protects builds that are importing.
   */
  twoPhase?: boolean;
  /** Further manifest prefixes, whole as in keys, whose manifests refer to the same blobs. */
  manifestPrefixes?: readonly string[];
  /** Prefixes, whole as in keys, below which are no manifests that refer to these blobs. */
  ignorePrefixes?: readonly string[];
}

/** A cache that was given up. */
export interface PrunedCache {
  /** Its name. */
  name: string;
  /** When it was last written. */
  lastModified: Date;
  /** Why it went, for people. */
  reason: string;
}

/** What a prune did, or would do. */
export interface PruneReport {
  /** Whether nothing was changed. */
  dryRun: boolean;
  /** Caches: how many there were, and which of them went. */
  caches: { total: number; deleted: PrunedCache[] };
  /** What became of the blobs. */
  blobs: SweepReport;
  /** Bytes of the blobs that the remaining caches hold, if more than `maxBytes`. */
  overBytes?: number;
  /** Multipart uploads that were aborted. */
  uploads: number;
  /** Objects of a registry gateway that nobody needs, and that were deleted. */
  gateway: Tally;
  /** Objects that could not be deleted. */
  failures: DeleteFailure[];
  /** Manifests that were written in the window that remains, and refer to deleted blobs. */
  damaged: DamagedManifest[];
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
  /** How long it took. */
  seconds: number;
}

/**
 * Deletes what is no longer needed: caches by `rules` and `maxBytes`, then blobs that no manifest
 * refers to, and multipart uploads that were left behind. By default it only reports.
 *
 * @example
 * ```ts
 * import { parseAttributes, PruneRefusedError, pruneCaches } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,bucket=cache,region=eu-west-1", { direction: "import" });
 * const empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
 * try {
 *   await pruneCaches(options, {
 *     rules: [{ pattern: "pr-*", maxAgeMs: 14 * 86_400_000 }, { pattern: "**", keep: 5 }],
 *     fetch: () => Promise.resolve(new Response(empty)),
 *   });
 * } catch (error) {
 *   // A bucket without manifests is more likely a misspelt prefix than an unused cache.
 *   console.assert(error instanceof PruneRefusedError);
 * }
 * ```
 *
 * @param options where the caches are
 * @param settings what goes, `dryRun`, `signal`, `onProgress`
 * @returns what was done
 * @throws {PruneRefusedError} if it could take blobs that are in use; nothing is deleted then, or
 * nothing more
 * @throws {RangeError} on a grace period that is too short
 * @throws {S3Error} if the bucket refuses
 */
export async function pruneCaches(
  options: CacheOptions,
  settings: PruneOptions = {},
): Promise<PruneReport> {
  const { dryRun = true, twoPhase = false, onProgress, signal } = settings;
  const graceMs = checkGrace(options, settings);
  const layouts = layoutsOf(options, settings);
  const time = observeServerTime(settings.fetch);
  const { client, requests, clock } = connect(options, { ...settings, fetch: time.fetch });
  const start = clock();
  await refuseUnknownManifests(client, options.prefix, [
    ...layouts.map((layout) => manifestKey(layout, "")),
    ownPrefix(options),
    ...settings.ignorePrefixes ?? [],
  ], { signal });
  // The earlier of both clocks makes everything look younger, which is the safe side.
  const now = Math.min(start, time.first() ?? start);
  if (start - now > SKEW_MS) {
    const minutes = Math.round((start - now) / 60_000);
    const message = `the clock here is ${minutes} minutes ahead of the server's, which counts`;
    onProgress?.({ type: "warning", message });
  }
  const cutoff = now - graceMs;

  const manifests: ListedManifest[] = [];
  for await (const manifest of listManifests(client, options, { signal })) manifests.push(manifest);
  if (manifests.length === 0) {
    throw new PruneRefusedError(
      `there is no manifest below ${JSON.stringify(manifestKey(options, ""))} in bucket ` +
        `${options.bucket}: if the prefix is right, delete what is left of the cache by hand`,
    );
  }
  const retirement = orderRetirements(manifests, settings, now);
  const references = new References(client, layouts);
  await references.refresh(signal, placesOf(retirement, onProgress));
  const total = references.manifests;
  const place = firstThatStays(retirement, references, settings.maxBytes);
  const overBytes = Math.max(0, references.bytesFrom(place) - (settings.maxBytes ?? Infinity));

  const common = { client, layout: options, dryRun, cutoff, onProgress, signal };
  const retired = retirement.order.slice(0, place);
  const leftovers = await readGateway(common, references);
  const deleted = await retire(retired, references, common);
  const gateway = await deleteLeftovers(leftovers, common);
  const uploads = await abortStaleUploads(common);
  const memoryKey = candidatesKey(options);
  const memory = twoPhase
    ? { found: await readCandidates(client, memoryKey, signal), now, waitMs: graceMs }
    : undefined;
  const sweep = new Sweep({ ...common, references, place, memory });
  await sweep.run();
  if (twoPhase && !dryRun) await writeCandidates(client, memoryKey, sweep.waiting, signal);
  const damaged = dryRun ? [] : await references.findDamage(signal);
  return {
    dryRun,
    caches: { total, deleted },
    blobs: sweep.report,
    ...(overBytes > 0 && { overBytes }),
    uploads,
    gateway,
    failures: sweep.failures,
    damaged,
    requests: { ...requests.counts },
    seconds: secondsSince(start, clock),
  };
}

function checkGrace(
  { touchRefreshMs }: CacheOptions,
  { graceMs = DEFAULT_GRACE_MS, unsafeGrace = false }: PruneOptions,
): number {
  const least = Math.max(LEAST_GRACE_MS, touchRefreshMs + HOUR_MS);
  if (!(graceMs >= 0)) throw new RangeError(`grace period ${graceMs} ms: expected 0 or more`);
  if (graceMs < least && !unsafeGrace) {
    throw new RangeError(
      `grace period ${graceMs / HOUR_MS} h: expected at least ${
        least / HOUR_MS
      } h, touch_refresh ` +
        "and an hour for an export; a shorter one can take blobs from under a build " +
        "(unsafeGrace allows it)",
    );
  }
  return graceMs;
}

/** The cache's own layout, and one for each further manifest prefix. */
function layoutsOf(
  { prefix, blobsPrefix, manifestsPrefix }: CacheOptions,
  { manifestPrefixes = [] }: PruneOptions,
): BucketLayout[] {
  return [
    { prefix, blobsPrefix, manifestsPrefix },
    ...manifestPrefixes.map((whole) => ({
      prefix: "",
      blobsPrefix: prefix + blobsPrefix,
      manifestsPrefix: whole,
    })),
  ];
}

/** Tells the place of each manifest; one that has been written since it was listed stays. */
function placesOf(
  { order }: RetirementOrder,
  onProgress: PruneOptions["onProgress"],
): (manifest: ListedManifest) => number {
  const places = new Map(order.map(({ manifest }, place) => [manifest.key, { manifest, place }]));
  return ({ key, name, info, etag }) => {
    onProgress?.({ type: "manifest", name });
    const listed = places.get(key);
    const isSame = listed !== undefined && etag === info.etag &&
      versionOf(listed.manifest.info) === versionOf(info);
    return isSame ? listed.place : STAYS;
  };
}

/** How many manifests go: those that are expired, and as many as it takes to make room. */
function firstThatStays(
  { expired, retirable }: RetirementOrder,
  references: References,
  maxBytes: number | undefined,
): number {
  let place = expired;
  if (maxBytes === undefined) return place;
  while (place < retirable && references.bytesFrom(place) > maxBytes) place++;
  return place;
}

/** What the retiring works with. */
interface RetireContext {
  client: S3Client;
  dryRun: boolean;
  onProgress: PruneOptions["onProgress"];
  signal: AbortSignal | undefined;
}

/** Deletes manifests; one that has been written since it was listed stays. */
async function retire(
  retired: Retirement[],
  references: References,
  { client, dryRun, onProgress, signal }: RetireContext,
): Promise<PrunedCache[]> {
  const deleted: PrunedCache[] = [];
  for (const { manifest: { key, name, info }, reason } of retired) {
    if (!dryRun) {
      // What is written under this name from now on has to be read, even if it is the same.
      references.forget(key);
      const current = await client.head(key, { signal });
      if (!current || !isSameVersion(current, info)) continue;
      await client.delete(key, { signal });
    }
    deleted.push({ name, lastModified: info.lastModified, reason });
    onProgress?.({ type: "delete", key, bytes: info.size, reason });
  }
  return deleted;
}
