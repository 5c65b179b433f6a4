/**
 * `s3cache copy`: caches into another bucket.
 *
 * @module
 */
import { printable } from "../../format.ts";
import { copyCache } from "../../manage/copy.ts";
import { printResult, readAttributes, withProgress } from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions } from "../manage.ts";
import { describeReport, totalReport } from "../report.ts";

interface CopyOptions extends ManageOptions {
  to: string;
}

/** Adds the verb. */
export function addCopy(program: Command, io: Io): void {
  addManageOptions(
    program.command("copy <name...>")
      .description("copy caches to another bucket, prefix, region or service")
      .requiredOption("--to <attrs>", "where to: type=s3,bucket=…; names stay as they are"),
  ).action((names: string[], options: CopyOptions) => runCopy(names, options, io));
}

async function runCopy(names: string[], options: CopyOptions, io: Io): Promise<void> {
  const from = await readAttributes(options.cache, "import", "--cache", io);
  const to = await readAttributes(options.to, "export", "--to", io);
  const reports = await withProgress(
    "copy",
    options,
    io,
    (settings) => copyCache({ ...from, names }, to, settings),
  );
  const lines = reports.map((report) =>
    printable(`copied to ${to.bucket} as ${describeReport(report, "copied")}`)
  );
  printResult({ json: totalReport(reports, "copies"), text: lines.join("\n") }, options, io);
}
