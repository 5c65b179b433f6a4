/**
 * Tests on Bun and Node, by their own runners.
 *
 * @module
 */
import { type Count, countTests, reportPath } from "../count.ts";
import { ROOT } from "../paths.ts";
import { tool } from "../tools.ts";
import { bundleTests, installModules } from "./modules.ts";

/** Runtimes that have a disk and node:test. */
export type NodeLike = "bun" | "node" | "node22" | "node24";

/**
 * Runs tests.
 *
 * @param runtime Bun, the Node on the path, or another one
 * @param entry the module that imports the tests, relative to the root
 * @param name of the bundle and of the report
 * @returns how many passed
 */
export async function testOnNode(
  runtime: NodeLike,
  entry: string,
  name: string = runtime,
): Promise<Count> {
  await installModules();
  // Bun wants ".test." in the name; Node takes .js without an import for CommonJS.
  const file = await bundleTests(entry, `${name}.test.mjs`, "deno");
  const report = reportPath(name);
  const argv = runtime === "bun"
    ? [
      ...[await tool("bun"), "test", file, "--timeout=120000"],
      ...["--reporter=junit", `--reporter-outfile=${report}`],
    ]
    : [
      runtime === "node" ? "node" : await tool(runtime),
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      "--test-reporter=junit",
      `--test-reporter-destination=${report}`,
      file,
    ];
  return await countTests(name, argv, { cwd: ROOT });
}
