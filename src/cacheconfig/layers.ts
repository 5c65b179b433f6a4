/**
 * Questions about the layers of a config.
 *
 * @module
 */
import type { CacheConfig, CacheLayer, CacheRecord, LayerAnnotations } from "./types.ts";

/**
 * The chain that ends in a layer.
 *
 * @param config a config without loops
 * @param index the topmost layer
 * @returns indices of layers, the lowest first
 */
export function layerChain(config: CacheConfig, index: number): number[] {
  const chain = [];
  for (let at = index; at !== -1; at = config.layers[at]!.parent) chain.push(at);
  return chain.reverse();
}

/**
 * The distinct blobs of a config, with what it says of them.
 *
 * @param config a config
 * @returns the annotations of each blob, in the order in which the blobs first stand
 */
export function blobsOf(config: CacheConfig): Map<string, LayerAnnotations | undefined> {
  const blobs = new Map<string, LayerAnnotations | undefined>();
  for (const { blob, annotations } of config.layers) {
    if (blobs.get(blob) === undefined) blobs.set(blob, annotations);
  }
  return blobs;
}

/**
 * Leaves out the layers that no result needs; the others keep their order.
 *
 * @param config a config without loops
 * @returns the same records, with renumbered layers
 */
export function dropUnusedLayers(config: CacheConfig): CacheConfig {
  const used = new Uint8Array(config.layers.length);
  const use = (top: number) => {
    for (let at = top; at !== -1 && !used[at]; at = config.layers[at]!.parent) used[at] = 1;
  };
  for (const { layers, chains } of config.records) {
    for (const { layer } of layers) use(layer);
    for (const chain of chains) chain.layers.forEach(use);
  }
  const renumbered = new Int32Array(used.length);
  const layers: CacheLayer[] = [];
  config.layers.forEach((layer, i) => {
    if (!used[i]) return;
    renumbered[i] = layers.length;
    layers.push(layer);
  });
  return {
    layers: layers.map((layer) => ({
      ...layer,
      parent: layer.parent === -1 ? -1 : renumbered[layer.parent]!,
    })),
    records: config.records.map((record): CacheRecord => ({
      ...record,
      layers: record.layers.map((result) => ({ ...result, layer: renumbered[result.layer]! })),
      chains: record.chains.map((chain) => ({
        ...chain,
        layers: chain.layers.map((layer) => renumbered[layer]!),
      })),
    })),
  };
}
