/**
 * Files that nothing uses, and files that hold more than one thing.
 *
 * @module
 */
import type { Graph } from "./graph.ts";

const MAX_LINES = 400;

/**
 * Finds sources that no entry point reaches, and tests that no list of tests has.
 *
 * @param files all files of the tree that could be reached
 * @param library what the library's entry points reach
 * @param tests what the lists of tests reach
 */
export function checkReached(files: string[], library: Graph, tests: Graph): string[] {
  const problems: string[] = [];
  for (const file of files) {
    if (file.startsWith("src/") && !library.has(file)) {
      problems.push(`${file}: neither an entry point nor the command uses it`);
    } else if (file.endsWith("_test.ts") && !tests.has(file)) {
      problems.push(`${file}: no list of tests has it, such as tests/portable.ts or tests/disk.ts`);
    }
  }
  return problems;
}

/** Finds files that should be several. */
export function checkLength(sources: Map<string, string>): string[] {
  return [...sources]
    .map(([file, text]) => ({ file, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ file, lines }) => `${file}: ${lines} lines, more than ${MAX_LINES}`);
}
