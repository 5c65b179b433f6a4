/**
 * `s3cache verify`: whether the caches of a bucket can be used.
 *
 * @module
 */
import { formatBytes, plural, printable } from "../../format.ts";
import { type CacheProblem, verifyCache, type VerifyReport } from "../../manage/verify.ts";
import { printResult, readAttributes } from "../common.ts";
import type { Command } from "../deps.ts";
import { ExitStatus, PROBLEMS_FOUND } from "../exit_status.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";

interface VerifyOptions extends ManageOptions {
  deep?: boolean;
}

/** Adds the verb. */
export function addVerify(program: Command, io: Io): void {
  addManageOptions(
    program.command("verify")
      .description("check that manifests are valid and blobs are there; exit 3 if not")
      .option("--deep", "read every blob too, and check its digest and diffID"),
  ).action((options: VerifyOptions) => runVerify(options, io));
}

async function runVerify(options: VerifyOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const report = await withManageProgress(
    "verify",
    options,
    io,
    (settings) => verifyCache(attributes, { ...settings, deep: options.deep }),
  );
  printResult({ json: report, text: describe(report) }, options, io);
  if (report.problems.length > 0) throw new ExitStatus(PROBLEMS_FOUND);
}

function describe({ manifests, blobs, bytes, problems, seconds }: VerifyReport): string {
  const what = `${plural(manifests, "cache")}, ${plural(blobs, "blob")}, ${formatBytes(bytes)}`;
  const found = problems.length > 0 ? plural(problems.length, "problem") : "no problems";
  return [...problems.map(describeProblem), `${what}: ${found}, ${seconds.toFixed(1)} s`].join(
    "\n",
  );
}

/** One line about a problem. */
export function describeProblem({ name, digest, message }: CacheProblem): string {
  return printable(digest ? `${name}: ${digest} ${message}` : `${name}: ${message}`);
}
