/**
 * `s3cache rm`: deletes caches by name.
 *
 * @module
 */
import { printable } from "../../format.ts";
import { removeCaches } from "../../manage/remove.ts";
import { printResult, readAttributes } from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";

interface RmOptions extends ManageOptions {
  yes?: boolean;
}

/** Adds the verb. */
export function addRm(program: Command, io: Io): void {
  addManageOptions(
    program.command("rm <name...>")
      .description("delete caches; their blobs go with the next prune")
      .option("--yes", "do it; without it nothing is changed"),
  ).action((names: string[], options: RmOptions) => runRm(names, options, io));
}

async function runRm(names: string[], options: RmOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const report = await withManageProgress(
    "rm",
    options,
    io,
    (settings) => removeCaches({ ...attributes, names }, { ...settings, dryRun: !options.yes }),
  );
  const done = report.dryRun ? "would delete" : "deleted";
  const lines = report.removed.map((name) => `${done} ${printable(name)}`);
  if (report.dryRun) lines.push("nothing was changed; --yes does it");
  printResult({ json: report, text: lines.join("\n") }, options, io);
  if (report.missing.length > 0) {
    throw new Error(
      `${attributes.bucket} has no cache named ${report.missing.map(printable).join(", ")}`,
    );
  }
}
