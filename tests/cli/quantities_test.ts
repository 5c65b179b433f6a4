import { toRules } from "../../src/cli/prune_rules.ts";
import { parseCount, parseDuration, parseSize } from "../../src/cli/quantities.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const H = 3_600_000;

test("durations are Go's, and may begin with days", () => {
  const cases: [string, number][] = [
    ["14d", 14 * 24 * H],
    ["1d12h", 36 * H],
    ["1.5d", 36 * H],
    ["36h", 36 * H],
    ["1h30m", 1.5 * H],
    ["0", 0],
    ["0d", 0],
    ["500ms", 500],
  ];
  for (const [text, ms] of cases) assertEquals([text, parseDuration(text)], [text, ms]);
  for (const text of ["", "14", "d", "-1d", "-1h", "1d-1h", "1h1d", "1 d", "1w", "14days"]) {
    assertThrows(() => parseDuration(text), Error, "expected a duration", text);
  }
});

test("sizes are decimal or binary, never in between", () => {
  const cases: [string, number][] = [
    ["50GB", 50e9],
    ["50GiB", 50 * 1024 ** 3],
    ["1.5TB", 1.5e12],
    ["10 kB", 10_000],
    ["10kib", 10_240],
    ["123", 123],
    ["123B", 123],
    ["0", 0],
  ];
  for (const [text, bytes] of cases) assertEquals([text, parseSize(text)], [text, bytes]);
  for (const text of ["", "GB", "50G", "-1GB", "1,5GB", "50GBs", "1e9"]) {
    assertThrows(() => parseSize(text), Error, "expected a size", text);
  }
});

test("counts are digits", () => {
  assertEquals(["0", "5"].map(parseCount), [0, 5]);
  for (const text of ["", "-1", "1.5", "x"]) assertThrows(() => parseCount(text), Error, "number");
});

test("rules of the same pattern are one, and that for all names is the last", () => {
  const day = 24 * H;
  assertEquals(
    toRules(
      [{ value: 14 * day }, { pattern: "pr-*", value: day }],
      [{ pattern: "v*", value: 3 }, { pattern: "pr-*", value: 1 }],
    ),
    [
      { pattern: "pr-*", maxAgeMs: day, keep: 1 },
      { pattern: "v*", keep: 3 },
      { pattern: "**", maxAgeMs: 14 * day },
    ],
  );
  assertEquals(toRules([], [{ value: 5 }]), [{ pattern: "**", keep: 5 }]);
  assertEquals(toRules([], []), []);
});
