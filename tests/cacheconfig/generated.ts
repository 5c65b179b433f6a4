/** Generated configs. Few digests, blobs, selectors and days, so that many records are alike. */
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import * as fc from "../fast_check.ts";
import { config, record } from "./configs.ts";

const input = fc.tuple(fc.nat(999), fc.constantFrom("", "", "s"));
const alternatives = fc.oneof(
  { weight: 3, arbitrary: fc.array(input, { minLength: 1, maxLength: 1 }) },
  { weight: 2, arbitrary: fc.array(input, { minLength: 2, maxLength: 3 }) },
);
const records = fc.array(
  fc.record({
    digest: fc.nat(999),
    inputs: fc.array(alternatives, { maxLength: 2 }),
    result: fc.option(fc.record({ layer: fc.nat(999), day: fc.integer({ min: 1, max: 3 }) })),
  }),
  { maxLength: 12 },
);
const layers = fc.array(fc.tuple(fc.nat(3), fc.nat(999)), { minLength: 1, maxLength: 8 });

/** Sound configs, what things refer to before the things themselves. */
export const configs: fc.Arbitrary<CacheConfig> = fc
  .tuple(layers, records, fc.constantFrom(2, 5), fc.boolean())
  .map(([layers, records, digests, selectors]) =>
    config(
      layers.map(([blob, parent], i) => [blob, parent % (i + 1) - 1]),
      records.map(({ digest, inputs, result }, i) =>
        record(
          digest % digests,
          i === 0
            ? []
            : inputs.map((alternatives) =>
              alternatives.map(([link, selector]): [number, string] => [
                link % i,
                selectors ? selector : "",
              ])
            ),
          result ? { layer: result.layer % layers.length, day: result.day } : undefined,
        )
      ),
    )
  );

/** The same config with layers, records and alternatives in another order. */
export function shuffled({ layers, records }: CacheConfig, random: () => number): CacheConfig {
  const layerOrder = shuffle([...layers.keys()], random);
  const recordOrder = shuffle([...records.keys()], random);
  const layerAt = new Map(layerOrder.map((old, now) => [old, now]));
  const recordAt = new Map(recordOrder.map((old, now) => [old, now]));
  return {
    layers: layerOrder.map((old) => {
      const layer = layers[old]!;
      return { ...layer, parent: layerAt.get(layer.parent) ?? -1 };
    }),
    records: recordOrder.map((old) => {
      const record = records[old]!;
      return {
        ...record,
        layers: shuffle(
          record.layers.map((result) => ({ ...result, layer: layerAt.get(result.layer)! })),
          random,
        ),
        inputs: record.inputs.map((alternatives) =>
          shuffle(
            alternatives.map((input) => ({ ...input, link: recordAt.get(input.link)! })),
            random,
          )
        ),
      };
    }),
  };
}

/** Numbers from 0 to 1 that look random and are always the same. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ state >>> 16, 0x85ebca6b);
    mixed = Math.imul(mixed ^ mixed >>> 13, 0xc2b2ae35);
    return ((mixed ^ mixed >>> 16) >>> 0) / 2 ** 32;
  };
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
