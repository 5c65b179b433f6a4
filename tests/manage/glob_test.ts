import { compileGlob } from "../../src/manage/glob.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

test("patterns match whole names", () => {
  const cases: [pattern: string, matching: string[], others: string[]][] = [
    ["main", ["main"], ["main2", "amain", "MAIN", ""]],
    ["pr-*", ["pr-", "pr-12"], ["pr-1/x", "xpr-1", "pr"]],
    ["*", ["", "a"], ["a/b"]],
    ["**", ["", "a", "a/b/c", "a\nb"], []],
    ["pr/**/x", ["pr/a/x", "pr/a/b/x"], ["pr/x"]],
    ["v?", ["v1", "v😀"], ["v", "v12", "v/"]],
    ["[a-c]x", ["ax", "cx"], ["dx", "/x", "-x"]],
    ["[!a-c]x", ["dx", "-x"], ["ax", "/x"]],
    ["[]]", ["]"], ["", "[]"]],
    ["[^a]", ["^", "a"], ["b"]],
    ["[\\d]", ["\\", "d"], ["1"]],
    ["a.b+(c)|d{2}$^", ["a.b+(c)|d{2}$^"], ["axb+(c)|d{2}$^"]],
    ["\\*\\[", ["*["], ["a["]],
  ];
  for (const [pattern, matching, others] of cases) {
    const matches = compileGlob(pattern);
    for (const name of matching) {
      assertEquals([pattern, name, matches(name)], [pattern, name, true]);
    }
    for (const name of others) assertEquals([pattern, name, matches(name)], [pattern, name, false]);
  }
});

test("a list without an end and a range in the wrong order are refused", () => {
  assertThrows(() => compileGlob("a[b"), TypeError, '"a[b"');
  assertThrows(() => compileGlob("[z-a]"), TypeError, '"[z-a]"');
});
