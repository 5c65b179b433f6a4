/** Large and deep configs: nothing may take more stack, or more than linear time and a little. */
import { marshalCacheConfig, parseCacheConfig } from "s3cache";
import { fitToSize } from "../../src/cacheconfig/fit.ts";
import { filterCacheConfig } from "../../src/cacheconfig/filter.ts";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import { CacheLookup } from "../../src/cacheconfig/lookup.ts";
import { mergeCacheConfigs } from "../../src/cacheconfig/merge.ts";
import { filterMin } from "../../src/cacheconfig/min.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";
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

test("size: chains of 100,000 layers and records", () => {
  const length = 100_000;
  const config = deep(length);
  const text = marshalCacheConfig(config);
  assertEquals(marshalCacheConfig(parseCacheConfig(text)), text);
  assertEquals(layerChain(config, length - 1).length, length);
  assertEquals(filterMin(config).records.length, length);
  assertEquals(filterCacheConfig(config, { keep: (_, i) => i !== 50_000 }).dropped, {
    results: 50_000,
    records: 50_000,
    layers: 50_000,
  });
  const built = mergeCacheConfigs([config]);
  assertEquals(built.records.length, length);
  assertEquals(new CacheLookup(built).find(digest(length - 1))?.result?.layers.length, length);
});

test("size: a loop of 100,000 records or layers is found", () => {
  for (const part of ["layers", "records"] as const) {
    const config = deep(100_000);
    if (part === "layers") config.layers[0]!.parent = 99_999;
    else config.records[0]!.inputs = [[{ selector: "", link: 99_999 }]];
    let message = "";
    try {
      parseCacheConfig(marshalCacheConfig(config));
    } catch (error) {
      message = String(error);
    }
    assert(message.includes("closes a loop"), message);
  }
});

test("size: 100,000 records are read, written and built in seconds", () => {
  const config = wide(100_000);
  const text = marshalCacheConfig(config);
  const start = performance.now();
  const parsed = parseCacheConfig(text);
  assertEquals(marshalCacheConfig(parsed) === text, true);
  const built = mergeCacheConfigs([parsed, parsed]);
  assertEquals(built.records.length, 100_000);
  // Measured 3 s; anything quadratic would take hours.
  assertLess(performance.now() - start, 60_000);
});

test("size: 10,000 records are made to fit", () => {
  const { config, dropped } = fitToSize(wide(10_000), 1_048_576);
  assert(marshalCacheConfig(config).length <= 1_048_576);
  assert(dropped.results > 0 && dropped.results < 10_000);
});
