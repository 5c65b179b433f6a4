/** Large and deep configs: nothing may take more stack, or more than linear time and a little. */
import { CacheConfigError, marshalCacheConfig, parseCacheConfig } from "s3cache";
import { fitToSize } from "../../src/cacheconfig/fit.ts";
import { filterCacheConfig } from "../../src/cacheconfig/filter.ts";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import { CacheLookup } from "../../src/cacheconfig/lookup.ts";
import { mergeCacheConfigs } from "../../src/cacheconfig/merge.ts";
import { filterMin } from "../../src/cacheconfig/min.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import { assert, assertEquals, assertLess, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { config, digest, record } from "./configs.ts";

/** One chain of layers and one of records. */
function deep(length: number): CacheConfig {
  return config(
    Array.from({ length }, (_, i) => [i, i - 1]),
    Array.from({ length }, (_, i) => record(i, i === 0 ? [] : [[i - 1]], { layer: i, day: 1 })),
  );
}

/** Records that each stand on two others, many of one digest. */
function wide(length: number): CacheConfig {
  return config(
    Array.from({ length }, (_, i) => [i, (i - 1) >> 1]),
    Array.from(
      { length },
      (_, i) =>
        i === 0 ? record(0) : record(i % 100, [[(i - 1) >> 1], [i >> 2, [i - 1, "s"]]], {
          layer: i,
          day: 1 + i % 28,
        }),
    ),
  );
}

function assertLoop(config: CacheConfig): void {
  const text = marshalCacheConfig(config);
  assertThrows(() => parseCacheConfig(text), CacheConfigError, "closes a loop");
}

test("size: chains of 100,000 layers and records are read and written", () => {
  const text = marshalCacheConfig(deep(100_000));
  assert(marshalCacheConfig(parseCacheConfig(text)) === text);
});

test("size: chains of 100,000 layers and records are filtered", () => {
  const config = deep(100_000);
  assertEquals(layerChain(config, 99_999).length, 100_000);
  assertEquals(filterMin(config).records.length, 100_000);
  assertEquals(filterCacheConfig(config, { keep: (_, i) => i !== 50_000 }).dropped, {
    results: 50_000,
    records: 50_000,
    layers: 50_000,
  });
});

test("size: chains of 100,000 layers and records are built and searched", () => {
  const built = mergeCacheConfigs([deep(100_000)]);
  assertEquals(built.records.length, 100_000);
  assertEquals(new CacheLookup(built).find(digest(99_999))?.result?.layers.length, 100_000);
});

test("size: a loop of 100,000 layers is found", () => {
  const config = deep(100_000);
  config.layers[0]!.parent = 99_999;
  assertLoop({ layers: config.layers, records: [] });
});

test("size: a loop of 100,000 records is found", () => {
  const config = deep(100_000);
  config.records[0]!.inputs = [[{ selector: "", link: 99_999 }]];
  assertLoop(config);
});

test("size: 100,000 records are read and written in seconds", () => {
  const text = marshalCacheConfig(wide(100_000));
  const start = performance.now();
  assert(marshalCacheConfig(parseCacheConfig(text)) === text);
  // Measured 1 s; anything quadratic would take hours.
  assertLess(performance.now() - start, 60_000);
});

test("size: 100,000 records are built in seconds", () => {
  const config = wide(100_000);
  const start = performance.now();
  assertEquals(mergeCacheConfigs([config]).records.length, 100_000);
  assertLess(performance.now() - start, 60_000);
});

test("size: a cache and its equal are joined without growing", () => {
  const config = wide(10_000);
  assertEquals(mergeCacheConfigs([config, config, config]), mergeCacheConfigs([config]));
});

test("size: 10,000 records are made to fit", () => {
  const { config, dropped } = fitToSize(wide(10_000), 1_048_576);
  assert(marshalCacheConfig(config).length <= 1_048_576);
  assert(dropped.results > 0 && dropped.results < 10_000);
});
