/**
 * `s3cache repair`: makes manifests do without what the bucket has lost.
 *
 * @module
 */
import { printable } from "../../format.ts";
import { repairCache, type RepairedCache } from "../../manage/repair.ts";
import { printResult, readAttributes, warn } from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";
import { describeProblem } from "./verify.ts";

interface RepairOptions extends ManageOptions {
  deep?: boolean;
  yes?: boolean;
}

/** Adds the verb. */
export function addRepair(program: Command, io: Io): void {
  addManageOptions(
    program.command("repair")
      .description("leave out of manifests what needs lost blobs, and keep the rest")
      .option("--deep", "read every blob too, and do without those whose bytes are wrong")
      .option("--yes", "do it; without it nothing is changed"),
  ).action((options: RepairOptions) => runRepair(options, io));
}

async function runRepair(options: RepairOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "export", "--cache", io);
  const report = await withManageProgress(
    "repair",
    options,
    io,
    (settings) =>
      repairCache(attributes, { ...settings, deep: options.deep, dryRun: !options.yes }),
  );
  const { dryRun, manifests, repaired, unreadable } = report;
  const lines = repaired.flatMap((cache) => describeCache(cache));
  lines.push(
    `${dryRun ? "would repair" : "repaired"} ${repaired.length} of ${manifests} caches`,
  );
  if (dryRun && repaired.length > 0) lines.push("nothing was changed; --yes does it");
  printResult({ json: report, text: lines.join("\n") }, options, io);
  for (const problem of unreadable) warn(io, `left as it is: ${describeProblem(problem)}`);
}

function describeCache({ name, blobs, dropped }: RepairedCache): string[] {
  return [
    ...blobs.map(({ digest, message }) => `${name}: ${digest} ${message}`),
    `${name}: ${dropped.results} results and ${dropped.layers} layers are left out`,
  ].map(printable);
}
