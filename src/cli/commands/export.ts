/**
 * `s3cache export`: a local cache into a bucket.
 *
 * @module
 */
import type { CacheOptions } from "../../attributes/options.ts";
import { openLocalCache } from "../../oci/local_cache.ts";
import { exportCache, type ExportReport } from "../../transfer/export.ts";
import {
  addCommonOptions,
  collect,
  type CommonOptions,
  printResult,
  readAttributes,
  warn,
  withProgress,
} from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { describeReport, totalReport } from "../report.ts";

interface ExportOptions extends CommonOptions {
  cacheTo: string[];
  tag?: string;
  digest?: string;
  strict?: boolean;
}

/** Adds the verb. */
export function addExport(program: Command, io: Io): void {
  addCommonOptions(
    program.command("export <dir>")
      .description("send a local cache, as --cache-to type=local,dest=DIR writes it, to S3")
      .requiredOption(
        "--cache-to <attrs>",
        "where to: type=s3,bucket=…,region=…, as for docker buildx build; may be repeated",
        collect,
      )
      .option("--tag <tag>", "the entry of the local cache (default: latest)")
      .option("--digest <digest>", "the entry of the local cache, by its digest")
      .option("--strict", "fail if a merged cache is too large, instead of leaving out the oldest"),
  ).action((dir: string, options: ExportOptions) => runExport(dir, options, io));
}

async function runExport(dir: string, options: ExportOptions, io: Io): Promise<void> {
  // All of them before anything is sent: a mistake in the second one is found at once.
  const targets = await Promise.all(
    options.cacheTo.map((text) => readAttributes(text, "export", "--cache-to", io)),
  );
  const reports: ExportReport[] = [];
  const lines: string[] = [];
  for (const target of targets) {
    try {
      const report = await exportTo(dir, target, options, io);
      reports.push(report);
      lines.push(`exported to ${target.bucket} as ${describeReport(report, "uploaded")}`);
    } catch (error) {
      if (!target.ignoreError || io.signal.aborted) throw error;
      warn(io, `export ignored: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  printResult({ json: totalReport(reports, "exports"), text: lines.join("\n") }, options, io);
}

async function exportTo(
  dir: string,
  target: CacheOptions,
  options: ExportOptions,
  io: Io,
): Promise<ExportReport> {
  const { tag, digest, strict } = options;
  const cache = await openLocalCache(dir, { tag, digest, signal: io.signal });
  return await withProgress(
    "export",
    options,
    io,
    (settings) => exportCache(cache, target, { ...settings, strict }),
  );
}
