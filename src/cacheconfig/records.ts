/**
 * Leaves out records. The others keep their order, and layers stay as they are.
 *
 * @module
 */
import { inputsFirst, usersOf } from "./topology.ts";
import type { CacheConfig, CacheRecord } from "./types.ts";

/**
 * Keeps the records that are wanted and can still be reached: a record goes too when an input of it
 * has no alternative left.
 *
 * @param config a config without loops
 * @param isKept whether a record is wanted
 * @returns a config with the same layers
 */
export function keepRecords(
  config: CacheConfig,
  isKept: (record: CacheRecord, index: number) => boolean,
): CacheConfig {
  const { records } = config;
  const kept = new Uint8Array(records.length);
  for (const i of inputsFirst(records, usersOf(records))) {
    const record = records[i]!;
    const reachable = record.inputs.every((alternatives) =>
      alternatives.some(({ link }) => kept[link])
    );
    if (reachable && isKept(record, i)) kept[i] = 1;
  }
  return select(config, kept);
}

/**
 * Leaves out the records that lead nowhere: those that have no result, and that no record with a
 * result needs, directly or through others.
 *
 * @param config a config without loops
 * @returns a config with the same layers and results
 */
export function dropIdleRecords(config: CacheConfig): CacheConfig {
  const { records } = config;
  const needed = new Uint8Array(records.length);
  for (const i of inputsFirst(records, usersOf(records)).reverse()) {
    const { layers, chains, inputs } = records[i]!;
    if (layers.length + chains.length > 0) needed[i] = 1;
    if (!needed[i]) continue;
    for (const alternatives of inputs) {
      for (const { link } of alternatives) needed[link] = 1;
    }
  }
  return select(config, needed);
}

function select({ layers, records }: CacheConfig, kept: Uint8Array): CacheConfig {
  const renumbered = new Int32Array(records.length);
  let count = 0;
  for (let i = 0; i < records.length; i++) if (kept[i]) renumbered[i] = count++;
  return {
    layers,
    records: records.filter((_, i) => kept[i]).map((record) => ({
      ...record,
      inputs: record.inputs.map((alternatives) =>
        alternatives
          .filter(({ link }) => kept[link])
          .map((input) => ({ ...input, link: renumbered[input.link]! }))
      ),
    })),
  };
}
