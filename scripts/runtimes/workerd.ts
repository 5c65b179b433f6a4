/**
 * Tests on workerd, the runtime of Cloudflare Workers.
 *
 * @module
 */
import { type Count, settleCount, sumCounts } from "../count.ts";
import { OUT } from "../paths.ts";
import { capture } from "../process.ts";
import { tool } from "../tools.ts";
import { bundleTests, installModules, listModules, type Module } from "./modules.ts";

/** The last days on which nodejs_compat had to be asked for. */
const COMPATIBILITY_DATE = "2026-08-01";

/** With nodejs_compat, workerd looks like Node in some places: the library must not fall for it. */
const FLAGS = [[], ["nodejs_compat"]];

/**
 * Runs tests, with Node's modules and without.
 *
 * @param entry the worker whose `test` handler runs the tests, relative to the root
 * @param name of the bundle
 * @returns how many passed, of both runs
 */
export async function testOnWorkerd(entry: string, name = "workerd"): Promise<Count> {
  const workerd = await tool("workerd");
  await installModules();
  await bundleTests(entry, `${name}.js`, "browser");
  const modules = [{ specifier: "worker", file: `${name}.js` }, ...await listModules()];
  const counts: Count[] = [];
  for (const flags of FLAGS) {
    const config = `${OUT}/${name}.capnp`;
    await Deno.writeTextFile(config, workerConfig(modules, flags));
    console.log(`workerd, ${flags.join(" ") || "no flags"}:`);
    const { code, text } = await capture([workerd, "test", config], { cwd: OUT });
    console.log(text);
    counts.push(settleCount(readCount(text), code));
  }
  return sumCounts(counts);
}

/** No network and no disk: a worker of modules alone. */
function workerConfig(modules: Module[], flags: string[]): string {
  const embedded = modules.map(
    ({ specifier, file }) => `    (name = "${specifier}", esModule = embed "${file}"),`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (services = [(name = "tests", worker = .tests)]);

const tests :Workerd.Worker = (
  modules = [
${embedded.join("\n")}
  ],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`;
}

/** What tests/runtimes/worker_runner.ts prints. */
function readCount(text: string): Count {
  const failures = [...text.matchAll(/^FAILED (.*)\n(.*)$/gm)].map(
    ([, test = "", message = ""]) => ({ test, message }),
  );
  const [, passed] = /^tests: (\d+) passed, \d+ failed$/m.exec(text) ?? [];
  return { passed: Number(passed ?? 0), failures, skipped: 0 };
}
