import { secondsSince } from "../src/elapsed.ts";
import { assertEquals } from "./assert.ts";
import { test } from "./harness.ts";

test("what took time took no less than none, whatever became of the clock", () => {
  assertEquals(secondsSince(1_000, () => 3_500), 2.5);
  assertEquals(secondsSince(1_000, () => 1_000), 0);
  assertEquals(secondsSince(1_000, () => -5_000), 0);
});
