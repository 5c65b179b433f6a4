import { marshalCacheConfig, parseCacheConfig } from "s3cache";
import { fitToSize } from "../../src/cacheconfig/fit.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";
import { config, digest, record, written } from "./configs.ts";
import { configs } from "./generated.ts";

const cache = config([[1, -1], [2, -1], [3, -1]], [
  record(1),
  record(2, [[0]], { layer: 0, day: 2 }),
  record(3, [[0]], { layer: 1, day: 1 }),
  record(4, [], { layer: 2, day: 3 }),
  record(5),
]);
const size = marshalCacheConfig(cache).length;

test("fit: what fits stays as it is, to the byte", () => {
  assert(fitToSize(cache, size).config === cache);
});

test("fit: one byte less, and what leads nowhere goes before any result", () => {
  assertEquals(fitToSize(cache, size - 1), {
    config: { ...cache, records: cache.records.slice(0, 4) },
    dropped: { results: 0, records: 1, layers: 0 },
  });
});

test("fit: the oldest results go first, and no more than must", () => {
  const smaller = { ...cache, records: cache.records.slice(0, 4) };
  const oneLess = config([[1, -1], [3, -1]], [
    record(1),
    record(2, [[0]], { layer: 0, day: 2 }),
    record(4, [], { layer: 1, day: 3 }),
  ]);
  for (
    const maxBytes of [marshalCacheConfig(smaller).length - 1, marshalCacheConfig(oneLess).length]
  ) {
    assertEquals(fitToSize(cache, maxBytes), {
      config: oneLess,
      dropped: { results: 1, records: 2, layers: 1 },
    });
  }
  assertEquals(
    fitToSize(cache, marshalCacheConfig(oneLess).length - 1).config,
    config([[3, -1]], [record(4, [], { layer: 0, day: 3 })]),
  );
  assertEquals(fitToSize(cache, 2).config, config([], []));
  assertThrows(() => fitToSize(cache, 1), RangeError, "1 bytes");
});

test("fit: age is told by instant; bytes are those of UTF-8", () => {
  const dated = config([[1, -1], [2, -1]], [record(1), record(2)]);
  dated.records[0]!.layers = [{ layer: 0, createdAt: "2026-01-02T00:30:00+02:00" }];
  dated.records[1]!.layers = [{ layer: 1, createdAt: "2026-01-01T23:00:00Z" }];
  const bytes = marshalCacheConfig(dated).length;
  assertEquals(fitToSize(dated, bytes - 1).config.records.map((record) => record.digest), [
    digest(2),
  ]);
  const selector = "é".repeat(100);
  const wide = config([[1, -1]], [record(1), record(2, [[[0, selector]]], { layer: 0, day: 1 })]);
  assertEquals(fitToSize(wide, marshalCacheConfig(wide).length + 99).dropped.results, 1);
  assertEquals(fitToSize(wide, marshalCacheConfig(wide).length + 100).dropped.results, 0);
});

test("fit: another measure", () => {
  const layers = (config: { layers: unknown[] }) => config.layers.length;
  assertEquals(
    fitToSize(cache, 1, layers).config,
    config([[3, -1]], [
      record(4, [], { layer: 0, day: 3 }),
    ]),
  );
});

test("fit: always under the limit, sound, and one result more would be too much", () => {
  fc.assert(
    fc.property(configs, fc.double({ min: 0, max: 1, noNaN: true }), (config, share) => {
      const maxBytes = 2 + Math.floor(share * marshalCacheConfig(config).length);
      const { config: fitted, dropped } = fitToSize(config, maxBytes);
      const text = marshalCacheConfig(fitted);
      assert(text.length <= maxBytes);
      assertEquals(parseCacheConfig(text), fitted);
      if (dropped.results === 0) return;
      const days = (records: typeof config.records) =>
        records.flatMap(({ layers }) => layers.map(({ createdAt }) => createdAt)).sort();
      const before = days(config.records);
      assertEquals(days(fitted.records), before.slice(dropped.results), "the newest are kept");
    }),
    { numRuns: 1_000, seed: 12 },
  );
  const text = written["link-max/s3/manifests/app"]!;
  const real = parseCacheConfig(text);
  let results = 0;
  for (let maxBytes = text.length; maxBytes > 2; maxBytes -= 500) {
    const { dropped } = fitToSize(real, maxBytes);
    assert(dropped.results >= results, "a smaller limit never keeps more");
    results = dropped.results;
  }
  assertEquals(fitToSize(real, text.length).dropped.results, 0);
  assertEquals(fitToSize(real, text.length - 1).dropped.results, 1);
});
