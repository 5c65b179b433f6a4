import { formatTable } from "../../src/cli/table.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("columns are as wide as what is in them, numbers end on the right", () => {
  const text = formatTable(
    [{ title: "NAME" }, { title: "SIZE", align: "right" }, { title: "WHY" }],
    [["a", "1 B", ""], ["größer", "12 kB", "x"]],
  );
  assertEquals(text, "NAME     SIZE  WHY\na         1 B\ngrößer  12 kB  x");
});
