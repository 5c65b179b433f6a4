import { parseCacheConfig } from "s3cache";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import { filterMin } from "../../src/cacheconfig/min.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { config, day, digest, record, written } from "./configs.ts";

/** Records by digest, with the length of their results' chains and the digests of their inputs. */
function shape(config: CacheConfig): unknown[] {
  return config.records.map(({ digest, layers, inputs }) => ({
    digest,
    results: layers.map(({ layer }) => layerChain(config, layer).length),
    inputs: inputs.map((alternatives) =>
      alternatives.map(({ selector, link }) => [selector, config.records[link]?.digest])
    ),
  }));
}

test("min: a max cache of the web build becomes what a min build wrote", () => {
  for (const side of ["s3/manifests/app", "local/blobs/"]) {
    const [max, min] = ["web-max", "web-min"].map((name) => {
      const path = Object.keys(written).find((path) => path.startsWith(`${name}/${side}`))!;
      return parseCacheConfig(written[path]!, { source: path });
    });
    const filtered = filterMin(max!);
    assertEquals(shape(filtered), shape(min!));
    assertEquals(filtered.layers.length, min!.layers.length);
    assertEquals(
      filtered.layers.map(({ annotations }) => annotations?.size).sort(),
      min!.layers.map(({ annotations }) => annotations?.size).sort(),
    );
  }
});

test("min: filtering twice changes nothing, records never go, layers are all needed", () => {
  for (const [path, text] of Object.entries(written)) {
    const config = parseCacheConfig(text, { source: path });
    const once = filterMin(config);
    assertEquals(filterMin(once), once);
    assertEquals(
      once.records.map(({ digest }) => digest),
      config.records.map(({ digest }) => digest),
    );
  }
});

test("min: both twins of a linked copy stay, stages that leave no layer behind go", () => {
  // Record 3 is final: base (1) and copy (2) merged. The copy also stands alone (layer 1).
  const linked = config(
    [[1, -1], [2, -1], [2, 0], [7, -1], [8, 3]],
    [
      record(1, [], { layer: 0, day: 1 }),
      record(2, [[4]], { layer: 1, day: 1 }),
      record(3, [[0], [1]], { layer: 2, day: 1 }),
      record(4, [], { layer: 3, day: 1 }),
      record(5, [[3]], { layer: 4, day: 1 }),
    ],
  );
  assertEquals(
    filterMin(linked),
    config([[1, -1], [2, -1], [2, 0]], [
      record(1, [], { layer: 0, day: 1 }),
      record(2, [[4]], { layer: 1, day: 1 }),
      record(3, [[0], [1]], { layer: 2, day: 1 }),
      record(4),
      record(5, [[3]]),
    ]),
  );
});

test("min: results with listed layers count on both sides", () => {
  const chained = (number: number, layers: number[], inputs: number[][] = []) => ({
    ...record(number, inputs),
    chains: [{ layers, createdAt: day(1) }],
  });
  const before = config([[1, -1], [2, -1], [3, -1]], [
    chained(1, [0]),
    chained(2, [2]),
    chained(3, [0, 1], [[0], [1]]),
  ]);
  assertEquals(
    filterMin(before),
    config([[1, -1], [2, -1]], [chained(1, [0]), record(2), chained(3, [0, 1], [[0], [1]])]),
  );
  assertEquals(before.layers[2]?.blob, digest(3), "the config that was given is as it was");
});
