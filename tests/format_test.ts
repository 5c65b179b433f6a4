import {
  formatAge,
  formatBytes,
  formatMoney,
  plural,
  printable,
  shortDigest,
} from "../src/format.ts";
import { assertEquals } from "./assert.ts";
import { test } from "./harness.ts";

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
    [NaN, "?"],
  ];
  for (const [ms, text] of cases) assertEquals(formatAge(ms), text);
});

test("what a terminal would obey is written out", () => {
  assertEquals(
    printable("a\x1b[2Jb\u202ec\n\u009b\u2028\ud800 é"),
    "a\\u{1b}[2Jb\\u{202e}c\\u{a}\\u{9b}\\u{2028}\\u{d800} é",
  );
});

test("a digest is cut, other text is not", () => {
  assertEquals(shortDigest("sha256:" + "a1".repeat(32)), "a1a1a1a1a1a1");
  assertEquals(shortDigest("sha256:/etc/passwd"), "sha256:/etc/passwd");
});

test("a small amount can still be seen", () => {
  const amounts = [0, 0.000123, 0.0099, 0.01, 12.345, 1e4].map(formatMoney);
  assertEquals(amounts, ["0.00", "0.00012", "0.0099", "0.01", "12.35", "10000.00"]);
});
