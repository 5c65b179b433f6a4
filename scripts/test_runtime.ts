/**
 * Runs the unit tests against the built library on another runtime:
 * `deno run -A scripts/test_runtime.ts bun|node|node22|node24|workerd`.
 *
 * @module
 */
import { type Count, formatCount } from "./count.ts";
import { testOnNode } from "./runtimes/node.ts";
import { testOnWorkerd } from "./runtimes/workerd.ts";

const RUNTIMES: Record<string, () => Promise<Count>> = {
  bun: () => testOnNode("bun", "tests/unit.ts"),
  node: () => testOnNode("node", "tests/unit.ts"),
  node22: () => testOnNode("node22", "tests/unit.ts"),
  node24: () => testOnNode("node24", "tests/unit.ts"),
  workerd: () => testOnWorkerd("tests/runtimes/workerd.ts"),
};

const [name = ""] = Deno.args;
const run = Object.hasOwn(RUNTIMES, name) ? RUNTIMES[name] : undefined;
if (!run) {
  console.error(`usage: test_runtime.ts ${Object.keys(RUNTIMES).join("|")}`);
  Deno.exit(2);
}
const count = await run();
console.log(`${name}: ${formatCount(count)}`);
if (count.failures.length > 0) Deno.exit(1);
