import { marshalCacheConfig, parseCacheConfig } from "s3cache";
import { CacheGraph, type GraphKey } from "../../src/cacheconfig/graph.ts";
import { layerChain } from "../../src/cacheconfig/layers.ts";
import { mergeCacheConfigs } from "../../src/cacheconfig/merge.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";
import { config, day, digest, record, written } from "./configs.ts";
import { configs, randomFrom, shuffled } from "./generated.ts";
import { joined, meaning, separate } from "./model.ts";

const build = (config: CacheConfig) => mergeCacheConfigs([config]);

/** Marshals, and makes sure that what is written would also be read. */
function write(config: CacheConfig): string {
  const text = marshalCacheConfig(config);
  assertEquals(parseCacheConfig(text), config);
  return text;
}

test("graph: every config that BuildKit wrote means the same when it is built again", () => {
  for (const [path, text] of Object.entries(written)) {
    const config = parseCacheConfig(text, { source: path });
    const built = build(config);
    assertEquals(meaning(built, separate(built)), meaning(config, separate(config)));
    assertEquals(built.layers.length, config.layers.length);
    assertEquals(built.records.length, config.records.length);
    const annotations = (config: CacheConfig) =>
      new Map(config.layers.map(({ blob, annotations }) => [blob, annotations]));
    assertEquals(annotations(built), annotations(config));
    const once = write(built);
    assertEquals(write(build(built)), once);
    for (let seed = 0; seed < 5; seed++) {
      assertEquals(write(build(shuffled(config, randomFrom(seed)))), once);
    }
  }
});

// Ten thousand in all, in parts that stay below every runner's time limit.
for (const part of [1, 2, 3, 4]) {
  test(`graph: 2,500 generated configs mean the same when built again, part ${part} of 4`, () => {
    let compared = 0;
    fc.assert(
      fc.property(configs, (config) => {
        const expected = meaning(config, joined(config));
        if (!expected) return; // a loop is cut: that has tests of its own
        const built = build(config);
        assertEquals(meaning(built, separate(built)), expected);
        assertEquals(new Set(expected).size, expected.length, "no two keys are equal");
        compared++;
      }),
      { numRuns: 2_900, seed: part },
    );
    assert(compared >= 2_500, `${compared} compared`);
  });
}

test("graph: any order gives the same bytes, and so does building twice", () => {
  fc.assert(
    fc.property(configs, fc.nat(), (config, seed) => {
      const once = write(build(config));
      assertEquals(write(build(shuffled(config, randomFrom(seed)))), once);
      assertEquals(write(build(parseCacheConfig(once))), once);
      assertEquals(write(mergeCacheConfigs([config, shuffled(config, randomFrom(seed))])), once);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

test("graph: keys added one by one, in any order that inputs allow, make the same graph", () => {
  fc.assert(
    fc.property(configs, fc.nat(), (config, seed) => {
      const random = randomFrom(seed);
      const graph = new CacheGraph();
      const keys = new Map<number, GraphKey>();
      const waiting = new Set(config.records.keys());
      while (waiting.size > 0) {
        const ready = [...waiting].filter((i) =>
          config.records[i]!.inputs.flat().every(({ link }) => keys.has(link))
        );
        const next = ready[Math.floor(random() * ready.length)]!;
        waiting.delete(next);
        const { digest, inputs, layers } = config.records[next]!;
        keys.set(
          next,
          graph.add(
            digest,
            inputs.map((alternatives) =>
              alternatives.map(({ selector, link }) => ({ selector, source: keys.get(link)! }))
            ),
            layers.map(({ layer, createdAt }) => ({
              layers: layerChain(config, layer).map((i) => config.layers[i]!),
              createdAt,
            })),
          ),
        );
      }
      assertEquals(graph.toConfig(), build(config));
    }),
    { numRuns: 5_000, seed: 13 },
  );
});

test("graph: different graphs give different bytes", () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(configs, (config) => {
      const expected = meaning(config, joined(config));
      if (!expected) return;
      const text = write(build(config));
      const before = seen.get(text);
      if (before !== undefined) assertEquals(String(expected), before);
      seen.set(text, String(expected));
    }),
    { numRuns: 2_000, seed: 8 },
  );
  assert(new Set(seen.values()).size > 1_000);
});

test("graph: keys of one digest are told apart by what they stand on", () => {
  // The same step on four bases, and again on each outcome: BuildKit's own order would tie here.
  const records = [1, 2, 3, 4].map((number) => record(number));
  for (let i = 0; i < 8; i++) records.push(record(9, [[i]], { layer: i % 3, day: 1 }));
  const before = config([[1, -1], [1, 0], [1, 1]], records);
  const once = build(before);
  assertEquals(once.records.length, 12);
  for (let seed = 0; seed < 20; seed++) {
    assertEquals(build(shuffled(before, randomFrom(seed))), once);
  }
  assertEquals(once.layers, before.layers);
});

test("graph: records that share an alternative for every input are one key", () => {
  const sources = [record(1), record(2), record(3)];
  const built = (...records: CacheConfig["records"]) =>
    build(config([[1, -1], [2, -1]], [...sources, ...records])).records.slice(3);
  // By definition (1) and by content (2 or 3).
  assertEquals(
    built(record(9, [[0, 1]], { layer: 0, day: 1 }), record(9, [[0, 2]], { layer: 1, day: 2 })),
    [record(9, [[0, 1, 2]], { layer: 0, day: 2 })],
  );
  // For only one of two inputs: two keys.
  assertEquals(
    built(record(9, [[0], [1]]), record(9, [[0], [2]])),
    [record(9, [[0], [1]]), record(9, [[0], [2]])],
  );
  // Another part of the same output: two keys.
  assertEquals(built(record(9, [[0]]), record(9, [[[0, "s"]]])).length, 2);
  // A third record can be what makes two one.
  assertEquals(
    built(record(9, [[0], [0]]), record(9, [[1], [1]]), record(9, [[0, 1], [0, 1]])),
    [record(9, [[0, 1], [0, 1]])],
  );
  // What stands on them becomes one too, however far up.
  assertEquals(
    build(config([[1, -1]], [
      record(1),
      record(2),
      record(9, [[0]]),
      record(9, [[1]]),
      record(10, [[2]], { layer: 0, day: 1 }),
      record(10, [[3]], { layer: 0, day: 2 }),
      record(11, [[4]]),
      record(11, [[5]]),
      record(9, [[0, 1]]),
    ])),
    config([[1, -1]], [
      record(1),
      record(2),
      record(9, [[0, 1]]),
      record(10, [[2]], { layer: 0, day: 2 }),
      record(11, [[3]]),
    ]),
  );
});

test("graph: what comes last can join what was built on apart", () => {
  const graph = new CacheGraph();
  const [a, b, c, d] = [1, 2, 3, 4].map((number) => ({ source: graph.add(digest(number)) }));
  const first = graph.add(digest(9), [[a!, c!], [a!]]);
  const second = graph.add(digest(9), [[b!], [b!, d!]]);
  // Shares an alternative with the first for one input, and with the second for the other.
  const third = graph.add(digest(9), [[c!], [d!]]);
  const steps = [first, second, third].map((source, i) =>
    graph.add(digest(10), [[{ source }]], [{
      layers: [{ blob: digest(i) }],
      createdAt: day(i + 1),
    }])
  );
  for (const source of steps) graph.add(digest(11), [[{ source }], [a!]]);
  assertEquals(graph.toConfig().records.length, 13);
  graph.add(digest(9), [[a!, b!], [a!, b!]]);
  assertEquals(
    graph.toConfig(),
    config([[2, -1]], [
      record(1),
      record(2),
      record(3),
      record(4),
      record(9, [[0, 1, 2], [0, 1, 3]]),
      record(10, [[4]], { layer: 0, day: 3 }),
      record(11, [[5], [0]]),
    ]),
  );
  // Keys that were given out before are still good.
  assertEquals(
    graph.add(digest(12), [[{ source: steps[0]! }]]),
    graph.add(digest(12), [[{ source: steps[2]! }]]),
  );
});

test("graph: a step that would be its own input keeps the way that is no loop", () => {
  // Step 9 on source 0; step 10 on that; and step 9 again, on source 0 or on the outcome of 10.
  const before = config([], [
    record(1),
    record(9, [[0]]),
    record(10, [[1]]),
    record(9, [[0, 2]]),
    record(11, [[3], [2]]),
    record(12, [[0, 2]]), // on no loop, so it keeps what takes more steps
  ]);
  const after = config([], [
    record(1),
    record(9, [[0]]),
    record(10, [[1]]),
    record(11, [[1], [2]]),
    record(12, [[0, 2]]),
  ]);
  for (let seed = 0; seed < 20; seed++) {
    assertEquals(build(shuffled(before, randomFrom(seed))), after);
  }
  // Straight onto itself.
  assertEquals(
    build(config([], [record(1), record(9, [[0]]), record(9, [[0, 1]])])),
    config([], [record(1), record(9, [[0]])]),
  );
});

test("graph: loops are cut so that all can be reached, in any order of the records", () => {
  let loops = 0;
  fc.assert(
    fc.property(configs, fc.nat(), (config, seed) => {
      const names = joined(config);
      if (meaning(config, names)) return;
      loops++;
      const built = build(config);
      assertEquals(built.records.length, names.length, "no key is lost");
      const once = write(built);
      assertEquals(write(build(shuffled(config, randomFrom(seed)))), once);
      assertEquals(write(build(built)), once);
    }),
    { numRuns: 20_000, seed: 9 },
  );
  assert(loops > 100, `${loops} loops`);
});

test("graph: of several results the newest is written, by instant and not by text", () => {
  const results = (...times: string[]): CacheConfig => ({
    ...config([[1, -1], [2, -1], [3, 1]], []),
    records: [{ ...record(1), layers: times.map((createdAt, layer) => ({ layer, createdAt })) }],
  });
  const best = (config: CacheConfig) => {
    const { layers, records } = build(config);
    assertEquals(records[0]?.layers.length, 1);
    const { layer, createdAt } = records[0]!.layers[0]!;
    return [layers[layer]?.blob, createdAt];
  };
  const early = "2026-01-01T23:00:00-05:00";
  const late = "2026-01-02T05:00:00.000000001+01:00";
  assertEquals(best(results(early, late)), [digest(2), late]);
  assertEquals(best(results(late, early)), [digest(1), late]);
  // Of the same instant, the one whose blob sorts first.
  assertEquals(best(results(day(1), day(1), day(1))), [digest(1), day(1)]);
});

test("graph: results with listed layers become chains; one without layers is left out", () => {
  const before = config([[1, -1], [2, -1]], [record(1), record(2)]);
  before.records[0]!.chains.push({ layers: [1, 0, 1], createdAt: day(1) });
  before.records[1]!.chains.push({ layers: [], createdAt: day(1) });
  assertEquals(
    build(before),
    config([[1, 1], [2, -1], [2, 0]], [record(1, [], { layer: 2, day: 1 }), record(2)]),
  );
});

test("graph: keys added by hand", () => {
  const graph = new CacheGraph();
  const annotations = { mediaType: "m", diffID: digest(8), size: 5, createdAt: day(1) };
  const source = graph.add(digest(1));
  assertEquals(source.digest, digest(1));
  const step = graph.add(
    digest(2),
    [[{ source }, { source, selector: "s" }, { source }]],
    [{ layers: [{ blob: digest(7), annotations }, { blob: digest(8) }], createdAt: day(1) }],
  );
  assert(graph.add(digest(1)) === source);
  assert(graph.add(digest(2), [[{ source, selector: "s" }]]) === step);
  const expected: CacheConfig = {
    layers: [{ blob: digest(7), parent: -1, annotations }, { blob: digest(8), parent: 0 }],
    records: [record(1), record(2, [[0, [0, "s"]]], { layer: 1, day: 1 })],
  };
  const written = graph.toConfig();
  assertEquals(written, expected);
  written.records[1]!.layers.pop();
  written.records[1]!.inputs[0]!.pop();
  written.layers.pop();
  assertEquals(graph.toConfig(), expected, "what was given out is no part of the graph");
  assert(graph.add(digest(2), [[{ source }], [{ source }]]) !== step);
});

test("graph: what cannot be in a cache is refused", () => {
  const graph = new CacheGraph();
  const foreign = new CacheGraph().add(digest(1));
  const source: GraphKey = graph.add(digest(1));
  assertThrows(() => graph.add("random:1"), RangeError, "random:1");
  assertThrows(() => graph.add(digest(2), [[{ source }], []]), RangeError, "alternative");
  assertThrows(() => graph.add(digest(2), [[{ source: foreign }]]), TypeError, "another graph");
  assertThrows(() => graph.add(digest(2), [[{ source: { digest: digest(1) } }]]), TypeError);
  const result = { layers: [{ blob: "x" }], createdAt: day(1) };
  assertThrows(() => graph.add(digest(2), [], [result]), RangeError, '"x"');
  const undated = { layers: [{ blob: digest(7) }], createdAt: "yesterday" };
  assertThrows(() => graph.add(digest(2), [], [undated]), RangeError, "yesterday");
  const loop = config([], [record(2, [[1]]), record(3, [[0]])]);
  assertThrows(() => graph.addConfig(loop), RangeError, "loop");
  assertEquals(graph.toConfig(), config([], [record(1)]), "nothing of it was added");
});
