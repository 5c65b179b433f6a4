/**
 * Everything that has to pass before a change lands: `deno task ci`. Its last line counts the tests
 * of all tiers; the failed ones are named before.
 *
 * @module
 */
import {
  type Count,
  countJunit,
  failedRun,
  formatCount,
  formatFailure,
  reportPath,
  settleCount,
  sumCounts,
} from "./count.ts";
import { OUT, ROOT } from "./paths.ts";
import { status } from "./process.ts";
import { testOnNode } from "./runtimes/node.ts";
import { testOnWorkerd } from "./runtimes/workerd.ts";

/** A part of the whole, by itself a task. */
interface Tier {
  name: string;
  run(): Promise<Count>;
}

const TIERS: Tier[] = [
  { name: "ok", run: () => runTask("ok", "deno") },
  { name: "build", run: () => runTask("build") },
  { name: "bun", run: () => testOnNode("bun", "tests/unit.ts") },
  { name: "node", run: () => testOnNode("node", "tests/unit.ts") },
  { name: "workerd", run: () => testOnWorkerd("tests/runtimes/workerd.ts") },
  { name: "conformance", run: () => runTask("test:conformance", "conformance") },
  { name: "interop", run: () => runTask("test:interop", "interop") },
];

/** Runs a task; what it counts is in a report, or it counts nothing but its own failure. */
async function runTask(task: string, report?: string): Promise<Count> {
  const code = await status([Deno.execPath(), "task", task], { cwd: ROOT });
  if (!report) return code === 0 ? sumCounts([]) : failedRun(`exit status ${code}`);
  const text = await Deno.readTextFile(reportPath(report)).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  return settleCount(countJunit(text), code);
}

/** Runs a tier, whatever becomes of it. */
async function runTier({ name, run }: Tier): Promise<Count> {
  console.log(`\n=== ${name}`);
  const started = Date.now();
  let count: Count;
  try {
    count = await run();
  } catch (error) {
    console.error(error);
    count = failedRun(error instanceof Error ? error.stack ?? error.message : String(error));
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`=== ${name}: ${formatCount(count)}, ${seconds} s`);
  return count;
}

// A report of an earlier run must not count.
await Deno.remove(OUT, { recursive: true }).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
const outcomes: [string, Count][] = [];
for (const tier of TIERS) outcomes.push([tier.name, await runTier(tier)]);
console.log();
// The runners have told of them, in a log that is long and often shown from its end.
for (const [name, { failures }] of outcomes) {
  if (failures.length > 0) console.log(`${name}:\n${failures.map(formatFailure).join("\n")}\n`);
}
for (const [name, count] of outcomes) console.log(`${name.padEnd(12)} ${formatCount(count)}`);
const total = sumCounts(outcomes.map(([, count]) => count));
console.log(`\n${formatCount(total)}`);
if (total.failures.length > 0) Deno.exit(1);
