/**
 * Mode min: the cache of the final result only.
 *
 * @module
 */
import { keepResultsOf } from "./results.ts";
import type { CacheConfig } from "./types.ts";

/**
 * Reduces a cache that was written with mode=max to what mode=min would have written. Every record
 * stays, so that the chain of cache keys is unbroken; a result stays if each blob of its chain is
 * also one of the final results', a final record being one that is nobody's input. Order is kept.
 *
 * @param config a config without loops
 * @returns a config with the same records and fewer results and layers
 */
export function filterMin(config: CacheConfig): CacheConfig {
  const isInput = new Uint8Array(config.records.length);
  for (const { inputs } of config.records) {
    for (const { link } of inputs.flat()) isInput[link] = 1;
  }
  const final = new Set<string>();
  const seen = new Uint8Array(config.layers.length);
  config.records.forEach((record, i) => {
    if (isInput[i]) return;
    for (const chain of record.chains) {
      for (const layer of chain.layers) final.add(config.layers[layer]!.blob);
    }
    for (const { layer } of record.layers) {
      for (let at = layer; at !== -1 && !seen[at]; at = config.layers[at]!.parent) {
        seen[at] = 1;
        final.add(config.layers[at]!.blob);
      }
    }
  });
  return keepResultsOf(config, (blob) => final.has(blob));
}
