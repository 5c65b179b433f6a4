/**
 * Leaves out results. Records stay, results or not, and so do indices of records.
 *
 * @module
 */
import { dropUnusedLayers } from "./layers.ts";
import { parentsFirst } from "./topology.ts";
import type { CacheConfig, CacheLayer, CacheResult, ChainedResult } from "./types.ts";

/**
 * Keeps the results that are wanted, and the layers that these need.
 *
 * @param config a config without loops
 * @param isKept is asked for each result, in order
 * @returns a config with the same records
 */
export function keepResults(
  config: CacheConfig,
  isKept: (result: CacheResult | ChainedResult) => boolean,
): CacheConfig {
  return dropUnusedLayers({
    layers: config.layers,
    records: config.records.map((record) => ({
      ...record,
      layers: record.layers.filter(isKept),
      chains: record.chains.filter(isKept),
    })),
  });
}

/**
 * Keeps the results of which every blob is wanted, and the layers that these need.
 *
 * @param config a config without loops
 * @param isKept whether a blob is wanted, a function of the digest alone
 * @returns a config with the same records
 */
export function keepResultsOf(
  config: CacheConfig,
  isKept: (blob: string) => boolean,
): CacheConfig {
  const { layers } = config;
  const whole = wholeChains(layers, isKept);
  return keepResults(
    config,
    (result) =>
      "layer" in result
        ? whole[result.layer] === 1
        : result.layers.every((layer) => isKept(layers[layer]!.blob)),
  );
}

/** 1 for each layer whose blob is wanted, and every blob below it. */
function wholeChains(layers: readonly CacheLayer[], isKept: (blob: string) => boolean): Uint8Array {
  const whole = new Uint8Array(layers.length);
  for (const i of parentsFirst(layers)) {
    const { blob, parent } = layers[i]!;
    if ((parent === -1 || whole[parent] === 1) && isKept(blob)) whole[i] = 1;
  }
  return whole;
}

/**
 * How many results a config has.
 *
 * @param config a config
 * @returns results of both kinds, over all records
 */
export function countResults(config: CacheConfig): number {
  return config.records.reduce((sum, { layers, chains }) => sum + layers.length + chains.length, 0);
}
