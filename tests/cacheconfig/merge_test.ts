import { marshalCacheConfig, parseCacheConfig } from "s3cache";
import { mergeCacheConfigs } from "../../src/cacheconfig/merge.ts";
import { assert, assertEquals } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";
import { config, day, digest, record, written } from "./configs.ts";
import { configs, randomFrom, shuffled } from "./generated.ts";
import { joined, meaning, separate } from "./model.ts";

test("merge: records are joined by what they are, not by their indices", () => {
  const main = config([[1, -1], [2, 0]], [
    record(1),
    record(2, [[0]], { layer: 0, day: 2 }),
    record(3, [[1]], { layer: 1, day: 2 }),
  ]);
  const branch = config([[4, 1], [1, -1]], [
    record(4, [[2]], { layer: 0, day: 3 }),
    record(1),
    record(2, [[1]], { layer: 1, day: 1 }),
  ]);
  assertEquals(
    mergeCacheConfigs([main, branch]),
    config([[1, -1], [2, 0], [4, 0]], [
      record(1),
      record(2, [[0]], { layer: 0, day: 2 }),
      record(3, [[1]], { layer: 1, day: 2 }),
      record(4, [[1]], { layer: 2, day: 3 }),
    ]),
  );
});

test("merge: of a key's results the newest wins, in any order of the caches", () => {
  const caches = [3, 1, 2].map((number) =>
    config([[number, -1]], [record(9, [], { layer: 0, day: number })])
  );
  const newest = config([[3, -1]], [record(9, [], { layer: 0, day: 3 })]);
  assertEquals(mergeCacheConfigs(caches), newest);
  assertEquals(mergeCacheConfigs(caches.reverse()), newest);
  assertEquals(mergeCacheConfigs([]), config([], []));
});

test("merge: of a blob's annotations the newest win, and any win over none", () => {
  const cache = (days: (number | undefined)[]) => ({
    layers: days.map((number, parent) => ({
      blob: digest(1),
      parent: parent - 1,
      ...(number === undefined ? {} : {
        annotations: {
          mediaType: `m${number}`,
          diffID: digest(2),
          size: 3,
          createdAt: day(number),
        },
      }),
    })),
    records: [record(1, [], { layer: days.length - 1, day: 1 })],
  });
  for (const caches of [[[1], [2]], [[2], [1]], [[undefined], [2]], [[2, undefined]]]) {
    const merged = mergeCacheConfigs(caches.map(cache));
    for (const { annotations } of merged.layers) assertEquals(annotations?.mediaType, "m2");
  }
});

test("merge: the two platforms of a cache, taken apart and put together again", () => {
  const both = parseCacheConfig(written["plat-max/s3/manifests/app"]!);
  const isInput = new Set(both.records.flatMap(({ inputs }) => inputs.flat().map((i) => i.link)));
  const final = [...both.records.keys()].filter((i) => !isInput.has(i));
  assertEquals(final.length, 2);
  const platforms = final.map((top) => {
    const keep = new Set([top]);
    for (const i of keep) {
      for (const { link } of both.records[i]!.inputs.flat()) keep.add(link);
    }
    const kept = [...keep].sort((a, b) => a - b);
    return {
      layers: both.layers,
      records: kept.map((i) => ({
        ...both.records[i]!,
        inputs: both.records[i]!.inputs.map((alternatives) =>
          alternatives.map((input) => ({ ...input, link: kept.indexOf(input.link) }))
        ),
      })),
    };
  });
  for (const { records } of platforms) assert(records.length < both.records.length);
  const merged = mergeCacheConfigs(platforms);
  assertEquals(meaning(merged, separate(merged)), meaning(both, separate(both)));
  assertEquals(
    marshalCacheConfig(merged),
    marshalCacheConfig(mergeCacheConfigs(platforms.reverse())),
  );
});

test("merge: means the same as all records in one config", () => {
  fc.assert(
    fc.property(configs, configs, fc.nat(), (a, b, seed) => {
      const together = {
        layers: [
          ...a.layers,
          ...b.layers.map((layer) => ({
            ...layer,
            parent: layer.parent === -1 ? -1 : layer.parent + a.layers.length,
          })),
        ],
        records: [
          ...a.records,
          ...b.records.map((record) => ({
            ...record,
            layers: record.layers.map((result) => ({
              ...result,
              layer: result.layer + a.layers.length,
            })),
            inputs: record.inputs.map((alternatives) =>
              alternatives.map((input) => ({ ...input, link: input.link + a.records.length }))
            ),
          })),
        ],
      };
      const merged = mergeCacheConfigs([a, b]);
      assertEquals(mergeCacheConfigs([shuffled(together, randomFrom(seed))]), merged);
      const expected = meaning(together, joined(together));
      if (expected) assertEquals(meaning(merged, separate(merged)), expected);
    }),
    { numRuns: 1_000, seed: 10 },
  );
});
