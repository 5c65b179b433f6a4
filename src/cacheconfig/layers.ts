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

/**
 * Leaves out the results that need a blob which is not kept, and then the layers that no other
 * result needs. Records stay, results or not.
 *
 * @param config a config without loops
 * @param isKept is asked once for each distinct blob
 * @returns a config with the same records
 */
export function keepResultsOf(
  config: CacheConfig,
  isKept: (blob: string) => boolean,
): CacheConfig {
  const kept = new Map<string, boolean>();
  for (const { blob } of config.layers) if (!kept.has(blob)) kept.set(blob, isKept(blob));
  const whole = wholeChains(config.layers, (blob) => kept.get(blob)!);
  return dropUnusedLayers({
    layers: config.layers,
    records: config.records.map((record) => ({
      ...record,
      layers: record.layers.filter(({ layer }) => whole[layer]),
      chains: record.chains.filter(({ layers }) =>
        layers.every((layer) => kept.get(config.layers[layer]!.blob))
      ),
    })),
  });
}

/** 1 for each layer whose blob, and every blob below it, is kept. */
function wholeChains(layers: readonly CacheLayer[], isKept: (blob: string) => boolean): Uint8Array {
  const UNKNOWN = 2;
  const whole = new Uint8Array(layers.length).fill(UNKNOWN);
  for (let i = 0; i < layers.length; i++) {
    const path = [];
    let at = i;
    while (at !== -1 && whole[at] === UNKNOWN) {
      path.push(at);
      at = layers[at]!.parent;
    }
    let below = at === -1 ? 1 : whole[at]!;
    for (const layer of path.reverse()) {
      if (!isKept(layers[layer]!.blob)) below = 0;
      whole[layer] = below;
    }
  }
  return whole;
}
