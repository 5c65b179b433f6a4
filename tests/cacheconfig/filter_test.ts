import { marshalCacheConfig, parseCacheConfig } from "s3cache";
import { dropBroken, filterCacheConfig } from "../../src/cacheconfig/filter.ts";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";
import { config, day, digest, record, written } from "./configs.ts";
import { configs } from "./generated.ts";

// Source 1 leads to 2 and 3; 4, by another way also from 5, leads to 6.
const cache = config([[1, -1], [2, 0], [3, -1]], [
  record(6, [[1]], { layer: 2, day: 3 }),
  record(4, [[2, 5]]),
  record(1),
  record(2, [[2]], { layer: 0, day: 1 }),
  record(3, [[3]], { layer: 1, day: 2 }),
  record(5),
]);

test("filter: old results go, with what then leads nowhere", () => {
  assertEquals(filterCacheConfig(cache, { since: day(1) }).config, cache);
  assertEquals(filterCacheConfig(cache, { since: day(2) }), {
    config: config([[1, -1], [2, 0], [3, -1]], [
      record(6, [[1]], { layer: 2, day: 3 }),
      record(4, [[2, 5]]),
      record(1),
      record(2, [[2]]),
      record(3, [[3]], { layer: 1, day: 2 }),
      record(5),
    ]),
    dropped: { results: 1, records: 0, layers: 0 },
  });
  assertEquals(filterCacheConfig(cache, { since: "2026-01-03T01:00:00+01:00" }), {
    config: config([[3, -1]], [
      record(6, [[1]], { layer: 0, day: 3 }),
      record(4, [[2, 3]]),
      record(1),
      record(5),
    ]),
    dropped: { results: 2, records: 2, layers: 2 },
  });
  assertEquals(filterCacheConfig(cache, { since: "2026-01-03T00:00:00.000000001Z" }), {
    config: config([], []),
    dropped: { results: 3, records: 6, layers: 3 },
  });
  assertThrows(() => filterCacheConfig(cache, { since: "yesterday" }), RangeError, "yesterday");
});

test("filter: a record goes with all that cannot be reached without it", () => {
  const without = (number: number) =>
    filterCacheConfig(cache, { keep: (record) => record.digest !== digest(number) });
  assertEquals(without(1), {
    config: config([[3, -1]], [
      record(6, [[1]], { layer: 0, day: 3 }),
      record(4, [[2]]),
      record(5),
    ]),
    dropped: { results: 2, records: 3, layers: 2 },
  });
  assertEquals(without(6).config.records.map((record) => record.digest), [1, 2, 3].map(digest));
  const indices: number[] = [];
  filterCacheConfig(cache, {
    keep: (record, i) => record === cache.records[i] && !!indices.push(i),
  });
  assertEquals(indices.sort(), [0, 1, 2, 3, 4, 5]);
});

test("filter: without anything to leave out, only what leads nowhere goes", () => {
  for (const [path, text] of Object.entries(written)) {
    const config = parseCacheConfig(text, { source: path });
    const { config: filtered } = filterCacheConfig(config, {});
    assertEquals(marshalCacheConfig(filtered), text);
  }
});

test("filter: what is left is sound and has no idle part", () => {
  fc.assert(
    fc.property(configs, fc.integer({ min: 1, max: 4 }), fc.nat(4), (config, since, unwanted) => {
      const { config: filtered, dropped } = filterCacheConfig(config, {
        since: day(since),
        keep: (record) => record.digest !== digest(unwanted),
      });
      assertEquals(parseCacheConfig(marshalCacheConfig(filtered)), filtered);
      const inputs = new Set(
        filtered.records.flatMap(({ inputs }) => inputs.flat().map(({ link }) => link)),
      );
      filtered.records.forEach((record, i) => {
        assert(record.digest !== digest(unwanted));
        assert(record.layers.length > 0 || inputs.has(i), "a record that leads nowhere");
        for (const { createdAt } of record.layers) assert(createdAt >= day(since));
      });
      const used = new Set(
        filtered.records.flatMap(({ layers }) =>
          layers.flatMap(({ layer }) => layerChain(filtered, layer))
        ),
      );
      assertEquals(used.size, filtered.layers.length, "a layer that no result needs");
      assertEquals(dropped.records, config.records.length - filtered.records.length);
      assertEquals(dropped.layers, config.layers.length - filtered.layers.length);
    }),
    { numRuns: 1_000, seed: 11 },
  );
});

test("broken: a missing blob takes the results that need it, and no record", () => {
  assertEquals(dropBroken(cache, (blob) => blob !== digest(1)), {
    config: config([[3, -1]], [
      record(6, [[1]], { layer: 0, day: 3 }),
      record(4, [[2, 5]]),
      record(1),
      record(2, [[2]]),
      record(3, [[3]]),
      record(5),
    ]),
    dropped: { results: 2, records: 0, layers: 2 },
  });
  assertEquals(dropBroken(cache, (blob) => blob !== digest(2)).dropped, {
    results: 1,
    records: 0,
    layers: 1,
  });
  const chained = config([[1, -1], [2, -1]], [record(1)]);
  chained.records[0]!.chains = [{ layers: [0, 1], createdAt: day(1) }, {
    layers: [1],
    createdAt: day(1),
  }];
  const left = dropBroken(chained, (blob) => blob !== digest(1));
  assertEquals(left.dropped, { results: 1, records: 0, layers: 1 });
  assertEquals(left.config.records[0]?.chains, [{ layers: [0], createdAt: day(1) }]);
});

test("broken: nothing missing changes nothing, and each blob is asked for once", () => {
  const unused = config([[1, -1], [1, 0], [2, -1]], []);
  const asked: string[] = [];
  const { config: same, dropped } = dropBroken(unused, (blob) => asked.push(blob) > 0);
  assert(same === unused);
  assertEquals(dropped, { results: 0, records: 0, layers: 0 });
  assertEquals(asked, [digest(1), digest(2)]);
});
