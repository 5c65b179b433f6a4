/** That no runner takes a failure for a success. */
import { type Count, countTests, reportPath } from "../../scripts/count.ts";
import { testOnNode } from "../../scripts/runtimes/node.ts";
import { testOnWorkerd } from "../../scripts/runtimes/workerd.ts";
import { assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";

const RUNNERS: Record<string, (entry: string) => Promise<Count>> = {
  Deno: (entry) =>
    countTests("planted-deno", [
      ...[Deno.execPath(), "test", "-A", "--quiet"],
      ...[`--junit-path=${reportPath("planted-deno")}`, `tests/runtimes/${entry}.ts`],
    ]),
  Bun: (entry) => testOnNode("bun", `tests/runtimes/${entry}.ts`, "planted-bun"),
  Node: (entry) => testOnNode("node", `tests/runtimes/${entry}.ts`, "planted-node"),
};

const PLANTED = ["fails at once", "fails later"];
const OUTSIDE = "(outside of all tests)";

for (const [name, run] of Object.entries(RUNNERS)) {
  test(`failures are seen on ${name}`, async () => {
    assertFailures(await run("planted"), 1, PLANTED);
  });

  test(`tests that cannot be loaded are a failure on ${name}`, async () => {
    const { passed, failures, skipped } = await run("broken");
    assertEquals([passed, failures.length, skipped], [0, 1, 0]);
  });
}

test("failures are seen on workerd, with nodejs_compat and without", async () => {
  const count = await testOnWorkerd("tests/runtimes/planted_worker.ts", "planted-workerd");
  assertFailures(count, 2, [...PLANTED, ...PLANTED]);
});

test("tests that cannot be loaded are a failure on workerd", async () => {
  const count = await testOnWorkerd("tests/runtimes/broken.ts", "planted-workerd");
  assertFailures(count, 0, [OUTSIDE, OUTSIDE]);
});

/** Checks what failed, and that each planted failure is shown with what it said. */
function assertFailures(count: Count, passed: number, failed: string[]): void {
  assertEquals(count.failures.map(({ test }) => test), failed);
  assertEquals([count.passed, count.skipped], [passed, 0]);
  for (const { test, message } of count.failures) {
    if (test === "fails at once") assertStringIncludes(message, "Values are not equal");
    if (test === "fails later") assertStringIncludes(message, "planted <testcase> & </testcase>");
  }
}
