import { blobsOf, dropUnusedLayers, layerChain } from "../../src/cacheconfig/layers.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { config, day, digest, record } from "./configs.ts";

test("layers: a chain is listed from the bottom", () => {
  const layers = config([[1, 2], [2, -1], [3, 1], [4, -1]], []);
  assertEquals(layerChain(layers, 0), [1, 2, 0]);
  assertEquals(layerChain(layers, 3), [3]);
});

test("layers: blobs are told once, with the first annotations that there are", () => {
  const annotations = (size: number) => ({
    mediaType: "m",
    diffID: digest(9),
    size,
    createdAt: day(1),
  });
  const layers = [
    { blob: digest(2), parent: -1 },
    { blob: digest(1), parent: 0, annotations: annotations(1) },
    { blob: digest(2), parent: 1, annotations: annotations(2) },
    { blob: digest(2), parent: 2, annotations: annotations(3) },
  ];
  assertEquals(
    [...blobsOf({ layers, records: [] })].map(([blob, known]) => [blob, known?.size]),
    [[digest(2), 2], [digest(1), 1]],
  );
});

test("layers: what no result needs goes, the rest keeps its order", () => {
  const before = config(
    [[1, 3], [2, -1], [3, 1], [4, -1], [5, 0], [6, 5]],
    [record(1, [], { layer: 0, day: 1 }), {
      ...record(2),
      chains: [{ layers: [5, 2], createdAt: day(1) }],
    }],
  );
  before.layers[5]!.parent = 3;
  assertEquals(
    dropUnusedLayers(before),
    config([[1, 3], [2, -1], [3, 1], [4, -1], [6, 3]], [
      record(1, [], { layer: 0, day: 1 }),
      { ...record(2), chains: [{ layers: [4, 2], createdAt: day(1) }] },
    ]),
  );
});
