/**
 * The order of a config that is made from a graph. BuildKit's own order depends on the order in
 * which its graph was built; this one depends on nothing but the graph.
 *
 * @module
 */
import { dropUnusedLayers } from "./layers.ts";
import { compareText } from "./text.ts";
import { compareInstants, instantOf } from "./time.ts";
import { inputsFirst, parentsFirst, usersOf } from "./topology.ts";
import type { CacheConfig, CacheInput, CacheLayer, CacheRecord, CacheResult } from "./types.ts";

/**
 * Puts layers and records in a total order, and keeps the best result of each record: the newest,
 * and of several of the same time the one whose layer comes first.
 *
 * Layers are sorted by blob, records by digest, alternatives by index and selector. Layers of one
 * blob, and records of one digest, are told apart by what they stand on: first by the length of the
 * longest way down, then by blob or digest, then by the places of their parent or inputs in this
 * same order.
 *
 * @param config without loops or `chains`, each chain of layers and each key standing once
 * @returns a new config that needs every layer it has
 */
export function sortCacheConfig(config: CacheConfig): CacheConfig {
  return sortRecords(dropUnusedLayers(keepBestResults(sortLayers(config))));
}

function sortLayers({ layers, records }: CacheConfig): CacheConfig {
  const levels = new Int32Array(layers.length);
  for (const i of parentsFirst(layers)) {
    const { parent } = layers[i]!;
    levels[i] = parent === -1 ? 0 : levels[parent]! + 1;
  }
  const blob = (i: number) => layers[i]!.blob;
  const ranks = rankByLevel(levels, (group, ranks) => {
    // On the lowest level there are no parents; ranks[-1] is undefined for both sides.
    const below = (i: number) => ranks[layers[i]!.parent] ?? 0;
    return group.sort((a, b) => compareText(blob(a), blob(b)) || below(a) - below(b));
  });
  const { order, places } = arrange(ranks, (a, b) => compareText(blob(a), blob(b)));
  return {
    layers: order.map((i): CacheLayer => {
      const { parent } = layers[i]!;
      return { ...layers[i]!, parent: parent === -1 ? -1 : places[parent]! };
    }),
    records: records.map((record) => ({
      ...record,
      layers: record.layers.map((result) => ({ ...result, layer: places[result.layer]! })),
    })),
  };
}

function keepBestResults({ layers, records }: CacheConfig): CacheConfig {
  return {
    layers,
    records: records.map((record) => ({
      ...record,
      layers: record.layers.length < 2
        ? record.layers
        : [record.layers.reduce((a, b) => compareResults(a, b) <= 0 ? a : b)],
    })),
  };
}

function compareResults(a: CacheResult, b: CacheResult): number {
  return compareInstants(instantOf(b.createdAt), instantOf(a.createdAt)) || a.layer - b.layer ||
    compareText(a.createdAt, b.createdAt);
}

function sortRecords({ layers, records }: CacheConfig): CacheConfig {
  const levels = new Int32Array(records.length);
  for (const i of inputsFirst(records, usersOf(records))) {
    for (const alternatives of records[i]!.inputs) {
      for (const { link } of alternatives) levels[i] = Math.max(levels[i]!, levels[link]! + 1);
    }
  }
  const digest = (i: number) => records[i]!.digest;
  const ranks = rankByLevel(levels, (group, ranks) => {
    const inputs = new Map(group.map((i) => [i, renumber(records[i]!, ranks)]));
    return group.sort((a, b) =>
      compareText(digest(a), digest(b)) || compareInputs(inputs.get(a)!, inputs.get(b)!)
    );
  });
  const { order, places } = arrange(ranks, (a, b) => compareText(digest(a), digest(b)));
  return {
    layers,
    records: order.map((i) => ({ ...records[i]!, inputs: renumber(records[i]!, places) })),
  };
}

/** A record's inputs by new indices, and sorted by them. */
function renumber(record: CacheRecord, places: Int32Array): CacheInput[][] {
  return record.inputs.map((alternatives) =>
    alternatives
      .map(({ selector, link }) => ({ selector, link: places[link]! }))
      .sort((a, b) => a.link - b.link || compareText(a.selector, b.selector))
  );
}

function compareInputs(a: CacheInput[][], b: CacheInput[][]): number {
  return compareLists(a, b, (x, y) =>
    compareLists(
      x,
      y,
      (one, other) => one.link - other.link || compareText(one.selector, other.selector),
    ));
}

/** Shorter lists first, then by the first difference. */
function compareLists<T>(a: T[], b: T[], compare: (a: T, b: T) => number): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) {
    const order = compare(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Ranks items level by level, so that the ranks of all that is below are known to `sort`. */
function rankByLevel(
  levels: Int32Array,
  sort: (group: number[], ranks: Int32Array) => number[],
): Int32Array {
  const groups: number[][] = [];
  levels.forEach((level, i) => (groups[level] ??= []).push(i));
  const ranks = new Int32Array(levels.length);
  let rank = 0;
  for (const group of groups) {
    for (const i of sort(group, ranks)) ranks[i] = rank++;
  }
  return ranks;
}

/** Sorts items, those that compare equal by rank; and says for each where it went. */
function arrange(
  ranks: Int32Array,
  compare: (a: number, b: number) => number,
): { order: number[]; places: Int32Array } {
  const order = Array.from(ranks.keys()).sort((a, b) => compare(a, b) || ranks[a]! - ranks[b]!);
  const places = new Int32Array(order.length);
  order.forEach((i, place) => places[i] = place);
  return { order, places };
}
