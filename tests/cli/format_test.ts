import { formatAge, formatBytes, plural } from "../../src/cli/format.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("bytes have three digits and a decimal unit", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [1552, "1.55 kB"],
    [999_499, "999 kB"],
    [999_500, "1.00 MB"],
    [123_456_789, "123 MB"],
    [5e12, "5.00 TB"],
    [2e15, "2000 TB"],
  ];
  for (const [bytes, text] of cases) assertEquals(formatBytes(bytes), text);
});

test("one thing, two things", () => {
  assertEquals([plural(1, "blob"), plural(0, "blob"), plural(2, "blob")], [
    "1 blob",
    "0 blobs",
    "2 blobs",
  ]);
});

test("an age has one unit", () => {
  const cases: [number, string][] = [
    [-5000, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [86_399_999, "23 h"],
    [14 * 86_400_000, "14 d"],
  ];
  for (const [ms, text] of cases) assertEquals(formatAge(ms), text);
});
