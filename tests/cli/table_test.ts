import { formatTable, printable } from "../../src/cli/table.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("columns are as wide as what is in them, numbers end on the right", () => {
  const text = formatTable(
    [{ title: "NAME" }, { title: "SIZE", align: "right" }, { title: "WHY" }],
    [["a", "1 B", ""], ["größer", "12 kB", "x"]],
  );
  assertEquals(text, "NAME     SIZE  WHY\na         1 B\ngrößer  12 kB  x");
});

test("what a terminal would obey is written out", () => {
  assertEquals(
    printable("a\x1b[2Jb\u202ec\n\u009b\u2028\ud800 é"),
    "a\\u{1b}[2Jb\\u{202e}c\\u{a}\\u{9b}\\u{2028}\\u{d800} é",
  );
});
