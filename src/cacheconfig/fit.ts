/**
 * Makes a cache fit into a size.
 *
 * @module
 */
import { type ReducedCacheConfig, reduction } from "./filter.ts";
import { marshalCacheConfig } from "./marshal.ts";
import { dropIdleRecords } from "./records.ts";
import { countResults, keepResults } from "./results.ts";
import { compareInstants, instantOf } from "./time.ts";
import type { CacheConfig } from "./types.ts";

/**
 * Leaves out as little as possible, so that the config is not longer than a number of bytes: the
 * oldest results first, always with the records that then lead nowhere.
 *
 * @param config a parsed config
 * @param maxBytes what the result may measure at most
 * @param measure bytes of a config, not more of a smaller one; its JSON if not given
 * @returns what is left, and how much is not; the same config if it fits
 * @throws RangeError if not even an empty config fits
 */
export function fitToSize(
  config: CacheConfig,
  maxBytes: number,
  measure: (config: CacheConfig) => number = marshalledSize,
): ReducedCacheConfig {
  if (measure(config) <= maxBytes) return reduction(config, config);
  // The size falls with every result that goes, so the fewest that will do are found by halving
  // what lies between a config that is too large and a later part of it that fits.
  let large = dropIdleRecords(config);
  if (measure(large) <= maxBytes) return reduction(config, large);
  let small: CacheConfig = { layers: [], records: [] };
  if (measure(small) > maxBytes) {
    throw new RangeError(`${maxBytes} bytes do not hold even an empty cache config`);
  }
  for (;;) {
    const between = countResults(large) - countResults(small);
    if (between <= 1) return reduction(config, small);
    const middle = dropOldest(large, between >> 1);
    if (measure(middle) <= maxBytes) small = middle;
    else large = middle;
  }
}

/** Leaves out the oldest results, those first of which the record comes first where times agree. */
function dropOldest(config: CacheConfig, count: number): CacheConfig {
  const results = config.records.flatMap(({ layers, chains }) => [...layers, ...chains]);
  const oldest = results
    .map((result) => ({ result, time: instantOf(result.createdAt) }))
    .sort((a, b) => compareInstants(a.time, b.time))
    .slice(0, count);
  const dropped = new Set(oldest.map(({ result }) => result));
  return dropIdleRecords(keepResults(config, (result) => !dropped.has(result)));
}

function marshalledSize(config: CacheConfig): number {
  return new TextEncoder().encode(marshalCacheConfig(config)).length;
}
