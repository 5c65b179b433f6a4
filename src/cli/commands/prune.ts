/**
 * `s3cache prune`: deletes what is no longer needed.
 *
 * @module
 */
import { formatBytes, plural, printable } from "../../format.ts";
import { pruneCaches, type PruneReport } from "../../manage/prune.ts";
import type { ManageEvent } from "../../manage/settings.ts";
import { collect, printResult, readAttributes, warn } from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";
import { collectForNames, collectGlobs, type ForNames, toRules } from "../prune_rules.ts";
import { parseCount, parseDuration, parseSize } from "../quantities.ts";

interface PruneOptions extends ManageOptions {
  maxAge?: ForNames[];
  keep?: ForNames[];
  keepName?: string[];
  maxSize?: number;
  grace?: number;
  unsafeGrace?: boolean;
  twoPhase?: boolean;
  manifestsPrefix?: string[];
  ignorePrefix?: string[];
  yes?: boolean;
}

/** Adds the verb. */
export function addPrune(program: Command, io: Io): void {
  addManageOptions(
    program.command("prune")
      .description(
        "delete caches by age, number or size, and what no cache refers to; " +
          "without --yes it only tells what it would do",
      )
      .option(
        "--max-age <[glob=]duration>",
        "delete caches that were written longer ago, such as 14d or pr-*=36h; may be repeated",
        collectForNames(parseDuration),
      )
      .option(
        "--keep <[glob=]n>",
        "keep the newest n; without --max-age for the same names delete the others",
        collectForNames(parseCount),
      )
      .option("--keep-name <glob>", "never delete these caches; may be repeated", collectGlobs)
      .option(
        "--max-size <size>",
        "delete the least recently written caches until the others need no more than 50GB",
        parseSize,
      )
      .option(
        "--grace <duration>",
        "leave alone what was written since (default: 48h)",
        parseDuration,
      )
      .option("--unsafe-grace", "allow a grace period below 25h")
      .option("--two-phase", "delete only blobs that a run before the grace period found unused")
      .option(
        "--manifests-prefix <prefix>",
        "the whole prefix of other manifests that refer to the same blobs; may be repeated",
        collect,
      )
      .option(
        "--ignore-prefix <prefix>",
        "a whole prefix without manifests that refer to these blobs; may be repeated",
        collect,
      )
      .option("--yes", "do it"),
  ).action((options: PruneOptions) => runPrune(options, io));
}

async function runPrune(options: PruneOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const keys: string[] = [];
  const tell = (event: ManageEvent) => {
    if (event.type !== "delete") return;
    if (options.json) keys.push(event.key);
    else if (!options.quiet) io.stdout(describeEvent(event));
  };
  const report = await withManageProgress(
    "prune",
    options,
    io,
    ({ onProgress, signal }) =>
      pruneCaches(attributes, {
        signal,
        onProgress: (event) => {
          onProgress?.(event);
          tell(event);
        },
        dryRun: !options.yes,
        rules: toRules(options.maxAge ?? [], options.keep ?? []),
        keepNames: options.keepName,
        maxBytes: options.maxSize,
        graceMs: options.grace,
        unsafeGrace: options.unsafeGrace,
        twoPhase: options.twoPhase,
        manifestPrefixes: options.manifestsPrefix,
        ignorePrefixes: options.ignorePrefix,
      }),
  );
  printResult({ json: { ...report, keys }, text: describe(report) }, options, io);
  checkOutcome(report, io);
}

function describeEvent({ key, bytes, reason }: ManageEvent & { type: "delete" }): string {
  return `delete ${printable(key)} (${formatBytes(bytes)}): ${printable(reason)}\n`;
}

function describe(
  { dryRun, caches, blobs, uploads, gateway, overBytes, seconds }: PruneReport,
): string {
  const { deleted, referenced, young, waiting, spared } = blobs;
  const lines = [
    `${dryRun ? "would delete" : "deleted"} ${plural(caches.deleted.length, "cache")} of ` +
    `${caches.total}, ${plural(deleted.count, "blob")} of ${blobs.total.count} and ` +
    `${plural(uploads, "stale upload")}` +
    (gateway.count > 0 ? `, ${plural(gateway.count, "object")} of a gateway` : "") +
    `: ${formatBytes(deleted.bytes)}, ${seconds.toFixed(1)} s`,
    `left: ${formatBytes(referenced.bytes)} in use, ${formatBytes(young.bytes)} too young` +
    (waiting.count > 0 ? `, ${formatBytes(waiting.bytes)} waiting for the second phase` : "") +
    (spared.count > 0 ? `, ${formatBytes(spared.bytes)} taken up again meanwhile` : ""),
  ];
  if (overBytes) {
    lines.push(`what is to be kept is ${formatBytes(overBytes)} more than --max-size`);
  }
  if (dryRun) lines.push("nothing was changed; --yes does it");
  return lines.join("\n");
}

function checkOutcome({ failures, damaged }: PruneReport, io: Io): void {
  for (const { key, code, message } of failures) {
    warn(io, printable(`${key} could not be deleted: ${code}: ${message}`));
  }
  for (const { key, blobs } of damaged) {
    warn(
      io,
      `${printable(key)} was written meanwhile and has lost ${plural(blobs.length, "blob")}: ` +
        `run its build again, or "s3cache repair": ${blobs.join(", ")}`,
    );
  }
  if (failures.length > 0) {
    throw new Error(`${plural(failures.length, "blob")} could not be deleted`);
  }
  if (damaged.length > 0) throw new Error(`${plural(damaged.length, "cache")} lost blobs`);
}
