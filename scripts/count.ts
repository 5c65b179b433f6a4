/**
 * How many tests passed, on all runtimes alike: they all write JUnit reports.
 *
 * @module
 */
import { OUT } from "./paths.ts";
import { type RunOptions, status } from "./process.ts";

/** The outcome of tests. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of a JUnit report; all runners escape the `<` of what tests say. */
export function countJunit(report: string): Count {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const testcase of report.split(/<testcase\b/).slice(1)) {
    if (/<(failure|error)\b/.test(testcase)) count.failed++;
    else if (/<skipped\b/.test(testcase)) count.skipped++;
    else count.passed++;
  }
  return count;
}

/** Adds counts up. */
export function sumCounts(counts: Iterable<Count>): Count {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of counts) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return sum;
}

/** `N passed, N failed, N skipped`. */
export function formatCount({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * A run that failed has at least one failure, also where no test could tell of it; so has one that
 * ran no test.
 */
export function settleCount(count: Count, succeeded: boolean): Count {
  const nothingRan = count.passed + count.failed === 0;
  return count.failed === 0 && (!succeeded || nothingRan) ? { ...count, failed: 1 } : count;
}

/** Where the report of some tests is. */
export function reportPath(name: string): string {
  return `${OUT}/junit/${name}.xml`;
}

/**
 * Runs tests that write a report.
 *
 * @param name of the report
 * @param argv what runs them
 * @param options where and with what
 * @returns how many passed
 */
export async function countTests(
  name: string,
  argv: string[],
  options: RunOptions = {},
): Promise<Count> {
  const path = reportPath(name);
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, "");
  const code = await status(argv, options);
  return settleCount(countJunit(await Deno.readTextFile(path)), code === 0);
}
