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
  failures: Failure[];
  skipped: number;
}

/** A test that failed, or what went wrong outside of all tests. */
export interface Failure {
  test: string;
  message: string;
}

/** Counts the tests of a JUnit report; all runners escape the `<` of what tests say. */
export function countJunit(report: string): Count {
  const count: Count = { passed: 0, failures: [], skipped: 0 };
  for (const testcase of report.split(/<testcase\b/).slice(1)) {
    const failure = testcase.search(/<(failure|error)\b/);
    if (failure !== -1) {
      count.failures.push({
        test: readAttribute(testcase, "name"),
        message: readAttribute(testcase.slice(failure), "message"),
      });
    } else if (/<skipped\b/.test(testcase)) count.skipped++;
    else count.passed++;
  }
  return count;
}

/** Reads the first attribute of this name. Node writes colours into messages. */
function readAttribute(text: string, name: string): string {
  const [, value = ""] = new RegExp(` ${name}="([^"]*)"`).exec(text) ?? [];
  // deno-lint-ignore no-control-regex -- colours begin with one
  return value.replace(/\x1b\[[0-9;]*m/g, "").replace(/&(#?\w+);/g, (reference, entity) => {
    if (entity.startsWith("#x")) return String.fromCodePoint(parseInt(entity.slice(2), 16));
    if (entity.startsWith("#")) return String.fromCodePoint(Number(entity.slice(1)));
    return ENTITIES[entity] ?? reference;
  });
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Adds counts up. */
export function sumCounts(counts: Iterable<Count>): Count {
  const sum: Count = { passed: 0, failures: [], skipped: 0 };
  for (const { passed, failures, skipped } of counts) {
    sum.passed += passed;
    sum.failures.push(...failures);
    sum.skipped += skipped;
  }
  return sum;
}

/** `N passed, N failed, N skipped`. */
export function formatCount({ passed, failures, skipped }: Count): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}

/** A failure as an item of a list: what the test is called, and what it said. */
export function formatFailure({ test, message }: Failure): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return [`- ${test}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

/** The count of something that is no test and did not succeed. */
export function failedRun(message: string): Count {
  return { passed: 0, failures: [{ test: "(outside of all tests)", message }], skipped: 0 };
}

/**
 * A run that failed has at least one failure, also where no test could tell of it; so has one that
 * ran no test.
 */
export function settleCount(count: Count, code: number): Count {
  if (count.failures.length > 0) return count;
  if (code !== 0) return sumCounts([count, failedRun(`exit status ${code}`)]);
  return count.passed === 0 ? sumCounts([count, failedRun("no test ran")]) : count;
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
  return settleCount(countJunit(await Deno.readTextFile(path)), code);
}
