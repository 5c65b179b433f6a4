/** That no runner takes a failure for a success. */
import { type Count, countTests, reportPath } from "../../scripts/count.ts";
import { testOnNode } from "../../scripts/runtimes/node.ts";
import { testOnWorkerd } from "../../scripts/runtimes/workerd.ts";
import { assertEquals } from "../assert.ts";
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

for (const [name, run] of Object.entries(RUNNERS)) {
  test(`failures are seen on ${name}`, async () => {
    assertEquals(await run("planted"), { passed: 1, failed: 2, skipped: 0 });
  });

  test(`tests that cannot be loaded are a failure on ${name}`, async () => {
    assertEquals(await run("broken"), { passed: 0, failed: 1, skipped: 0 });
  });
}

test("failures are seen on workerd, with nodejs_compat and without", async () => {
  const count = await testOnWorkerd("tests/runtimes/planted_worker.ts", "planted-workerd");
  assertEquals(count, { passed: 2, failed: 4, skipped: 0 });
});

test("tests that cannot be loaded are a failure on workerd", async () => {
  const count = await testOnWorkerd("tests/runtimes/broken.ts", "planted-workerd");
  assertEquals(count, { passed: 0, failed: 2, skipped: 0 });
});
