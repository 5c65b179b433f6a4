/**
 * Makes a cache smaller: by age, by record, and by what is still there.
 *
 * @module
 */
import { dropUnusedLayers } from "./layers.ts";
import { dropIdleRecords, keepRecords } from "./records.ts";
import { countResults, keepResults, keepResultsOf } from "./results.ts";
import { compareInstants, instantOf } from "./time.ts";
import type { CacheConfig, CacheRecord } from "./types.ts";

/** A smaller config, and what it lacks. */
export interface ReducedCacheConfig {
  /** What is left, in the same order. */
  config: CacheConfig;
  /** How many of each were left out. */
  dropped: {
    /** Results of records. */
    results: number;
    /** Records. */
    records: number;
    /** Layers, of which several may be the same blob. */
    layers: number;
  };
}

/** What {@linkcode filterCacheConfig} is to keep. */
export interface CacheFilter {
  /** Only results that were made at this RFC 3339 time or later. */
  since?: string;
  /**
   * Only these records. What needs a record that goes, and has no other way to be reached, goes
   * with it.
   */
  keep?: (record: CacheRecord, index: number) => boolean;
}

/**
 * Leaves out old results, unwanted records, and then what leads nowhere: records without a result,
 * which no record with a result needs.
 *
 * @example
 * ```ts
 * import { filterCacheConfig, parseCacheConfig } from "@s3cache/s3cache";
 *
 * const digest = "sha256:" + "5".repeat(64);
 * const config = parseCacheConfig(JSON.stringify({
 *   layers: [{ blob: digest, parent: -1 }],
 *   records: [{ digest, layers: [{ layer: 0, createdAt: "2026-01-31T00:00:00Z" }] }],
 * }));
 * const { dropped } = filterCacheConfig(config, { since: "2026-02-01T00:00:00+01:00" });
 * console.assert(dropped.results === 1 && dropped.records === 1 && dropped.layers === 1);
 * ```
 *
 * @param config a parsed config
 * @param filter what to keep
 * @returns what is left, and how much is not
 * @throws RangeError if `since` is no time
 */
export function filterCacheConfig(config: CacheConfig, filter: CacheFilter): ReducedCacheConfig {
  let reduced = config;
  if (filter.since !== undefined) {
    const since = instantOf(filter.since);
    reduced = keepResults(
      reduced,
      ({ createdAt }) => compareInstants(instantOf(createdAt), since) >= 0,
    );
  }
  if (filter.keep) reduced = keepRecords(reduced, filter.keep);
  return reduction(config, dropUnusedLayers(dropIdleRecords(reduced)));
}

/**
 * Leaves out the results of which a blob is missing. All records stay: what they lead to can still
 * be found, up to the first step that has to run again.
 *
 * @param config a parsed config
 * @param isAvailable whether a blob is there, asked for each distinct blob that a layer names
 * @returns what is left, and how much is not; the same config if nothing is missing
 */
export function dropBroken(
  config: CacheConfig,
  isAvailable: (blob: string) => boolean,
): ReducedCacheConfig {
  const missing = new Set<string>();
  for (const blob of new Set(config.layers.map(({ blob }) => blob))) {
    if (!isAvailable(blob)) missing.add(blob);
  }
  if (missing.size === 0) return reduction(config, config);
  return reduction(config, keepResultsOf(config, (blob) => !missing.has(blob)));
}

/**
 * Counts what a config lacks.
 *
 * @param before a config
 * @param after what is left of it
 * @returns both in one
 */
export function reduction(before: CacheConfig, after: CacheConfig): ReducedCacheConfig {
  return {
    config: after,
    dropped: {
      results: countResults(before) - countResults(after),
      records: before.records.length - after.records.length,
      layers: before.layers.length - after.layers.length,
    },
  };
}
