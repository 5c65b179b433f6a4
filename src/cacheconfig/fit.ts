/**
 * Makes a cache fit into a size.
 *
 * @module
 */
import { type ReducedCacheConfig, reduction } from "./filter.ts";
import { marshalCacheConfig } from "./marshal.ts";
import { dropIdleRecords } from "./records.ts";
import { keepResults } from "./results.ts";
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
  const age = config.records
    .flatMap(({ layers, chains }) => [...layers, ...chains])
    .map((result) => ({ result, time: instantOf(result.createdAt) }))
    .sort((a, b) => compareInstants(a.time, b.time));
  const without = (oldest: number): CacheConfig => {
    const dropped = new Set(age.slice(0, oldest).map(({ result }) => result));
    return dropIdleRecords(keepResults(config, (result) => !dropped.has(result)));
  };
  // The size falls with every result that goes, so the fewest that will do are found by halving.
  let enough = age.length;
  let smallest = without(enough);
  if (measure(smallest) > maxBytes) {
    throw new RangeError(`${maxBytes} bytes do not hold even an empty cache config`);
  }
  for (let tooFew = -1; enough - tooFew > 1;) {
    const middle = (tooFew + enough) >> 1;
    const candidate = without(middle);
    if (measure(candidate) <= maxBytes) {
      enough = middle;
      smallest = candidate;
    } else {
      tooFew = middle;
    }
  }
  return reduction(config, smallest);
}

function marshalledSize(config: CacheConfig): number {
  return new TextEncoder().encode(marshalCacheConfig(config)).length;
}
