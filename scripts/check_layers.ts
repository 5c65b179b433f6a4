/**
 * Checks how the tree is laid out: layers, dependencies, unused and overlong files.
 *
 * @module
 */
import { checkDependencies } from "./layout/dependencies.ts";
import { checkLength, checkReached } from "./layout/files.ts";
import { checkGlobals } from "./layout/globals.ts";
import { readGraph } from "./layout/graph.ts";
import { checkLayers } from "./layout/layers.ts";
import { readEntries } from "./entries.ts";
import { exists } from "./exists.ts";
import { ROOT } from "./paths.ts";

const COMMAND = "src/cli/main.ts";
/** The lists of unit tests. */
const TESTS = ["tests/unit.ts", "tests/deno.ts", "tests/runtimes/workerd.ts"];
/** Tests with other programs, which tasks of their own run. */
const OTHER_TESTS = /^tests\/(interop\/.*|conformance\/servers)_test\.ts$/;

/**
 * Checks a tree.
 *
 * @param root the tree
 * @returns what is wrong, each with its file
 */
export async function checkLayout(root: string): Promise<string[]> {
  const entries = (await readEntries(root)).map(({ source }) => source);
  const sources = new Map<string, string>();
  for (const file of entries) {
    sources.set(file, await Deno.readTextFile(`${root}/${file}`));
  }
  for (const folder of ["src", "tests", "scripts", "examples"]) {
    for await (const file of listSources(root, folder)) {
      sources.set(file, await Deno.readTextFile(`${root}/${file}`));
    }
  }
  const files = [...sources.keys()];
  const others = files.filter((file) => OTHER_TESTS.test(file));
  const library = await readGraph(root, [...entries, COMMAND]);
  const tests = await readGraph(root, [...TESTS, ...others]);
  const all = await readGraph(root, files);
  return [
    ...checkLayers(all),
    ...checkDependencies(all),
    ...checkGlobals(sources),
    ...checkReached(files, library, tests),
    ...checkLength(sources),
  ];
}

async function* listSources(root: string, folder: string): AsyncGenerator<string> {
  if (!await exists(`${root}/${folder}`)) return;
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${folder}`)) {
    if (isDirectory) yield* listSources(root, `${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  const problems = await checkLayout(ROOT);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) Deno.exit(1);
}
