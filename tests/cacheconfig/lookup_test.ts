import { parseCacheConfig } from "s3cache";
import { type CacheKey, CacheLookup } from "../../src/cacheconfig/lookup.ts";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { config, day, digest, record, written } from "./configs.ts";

const cache = config([[1, -1], [2, 0], [3, -1]], [
  record(1),
  record(2),
  record(3, [[0], [1, [0, "s"]]], { layer: 1, day: 1 }),
  record(4, [[2]], { layer: 2, day: 2 }),
  record(4, [[1]], { layer: 0, day: 3 }),
]);
const lookup = new CacheLookup(cache);
const root = (number: number): CacheKey => ({ digest: digest(number), inputs: [] });
const step = (number: number, ...inputs: [CacheKey, string?][][]): CacheKey => ({
  digest: digest(number),
  inputs: inputs.map((alternatives) => alternatives.map(([key, selector]) => ({ key, selector }))),
});

test("lookup: digest and inputs give the layers, lowest first", () => {
  const third = step(3, [[root(1)]], [[root(2)]]);
  assertEquals(lookup.find(third), {
    records: [2],
    result: { layers: [cache.layers[0]!, cache.layers[1]!], createdAt: day(1) },
  });
  assertEquals(lookup.find(step(4, [[third]])), {
    records: [3],
    result: { layers: [cache.layers[2]!], createdAt: day(2) },
  });
  assertEquals(lookup.find(root(1)), { records: [0] });
});

test("lookup: one alternative of each input has to match, with its selector", () => {
  const found = (...inputs: [CacheKey, string?][][]) => lookup.find(step(3, ...inputs))?.records;
  assertEquals(found([[root(1)]], [[root(1), "s"]]), [2]);
  assertEquals(found([[root(9)], [root(1)]], [[root(9)], [root(2)]]), [2]);
  assertEquals(found([[root(1)]], [[root(1)]]), undefined);
  assertEquals(found([[root(1), "s"]], [[root(2)]]), undefined);
  assertEquals(found([[root(2)]], [[root(1), "s"]]), undefined);
  assertEquals(found([[root(1)]], []), undefined);
  assertEquals(found([[root(1)]]), undefined);
  assertEquals(found([[root(1)]], [[root(2)]], [[root(2)]]), undefined);
  assertEquals(found(), undefined);
});

test("lookup: a digest alone is a step with any inputs, and the newest result is given", () => {
  assertEquals(lookup.find(digest(4)), {
    records: [3, 4],
    result: { layers: [cache.layers[0]!], createdAt: day(3) },
  });
  assertEquals(lookup.find({ digest: digest(4) }), lookup.find(digest(4)));
  assertEquals(lookup.find(step(4, [[{ digest: digest(3) }]]))?.records, [3]);
  assertEquals(lookup.find(digest(9)), undefined);
});

test("lookup: results with listed layers", () => {
  const chained = config([[1, -1], [2, -1]], [record(1, [], { layer: 0, day: 1 })]);
  chained.records[0]!.chains = [{ layers: [1, 0], createdAt: day(2) }];
  assertEquals(
    new CacheLookup(chained).find(digest(1))?.result?.layers.map(({ blob }) => blob),
    [digest(2), digest(1)],
  );
});

test("lookup: a key that contains itself is refused; one that is shared, or deep, is not", () => {
  const loop: CacheKey = { digest: digest(1), inputs: [] };
  loop.inputs!.push([{ key: step(2, [[loop]]) }]);
  assertThrows(() => lookup.find(loop), RangeError, "among its own inputs");
  const records = [record(0)];
  let key = root(0);
  for (let i = 1; i < 50_000; i++) {
    records.push(record(1, [[i - 1], [i - 1]]));
    key = step(1, [[key]], [[key]]);
    if (i > 100) records.pop();
  }
  assertEquals(new CacheLookup(config([], records)).find(key), undefined);
});

test("lookup: each record of a real cache is found by its own key", () => {
  for (const [path, text] of Object.entries(written)) {
    const config = parseCacheConfig(text, { source: path });
    const lookup = new CacheLookup(config);
    const keys = keysOf(config);
    config.records.forEach((record, i) => {
      const match = lookup.find(keys[i]!);
      assertEquals(match?.records, [i]);
      const [result] = record.layers;
      assertEquals(
        match?.result?.layers.map(({ blob }) => blob),
        result && layerChain(config, result.layer).map((layer) => config.layers[layer]!.blob),
      );
    });
  }
});

/** The key of each record. */
function keysOf({ records }: CacheConfig): CacheKey[] {
  const keys = records.map(({ digest }): CacheKey => ({ digest, inputs: [] }));
  records.forEach(({ inputs }, i) => {
    keys[i]!.inputs = inputs.map((alternatives) =>
      alternatives.map(({ selector, link }) => ({ selector, key: keys[link]! }))
    );
  });
  return keys;
}
