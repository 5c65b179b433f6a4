/** Tests of which one fails: every runner has to see it. */
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("passes", () => assertEquals(1, 1));
test("fails at once", () => assertEquals(1, 2));
test("fails later", async () => {
  await Promise.resolve();
  throw new Error("planted <testcase> & </testcase>");
});
