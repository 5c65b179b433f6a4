/**
 * `s3cache import`: a bucket into a local cache.
 *
 * @module
 */
import { importCache } from "../../transfer/cache.ts";
import { writeLocalCache } from "../../transfer/import.ts";
import {
  addCommonOptions,
  type CommonOptions,
  printResult,
  readAttributes,
  warn,
  withProgress,
} from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { describeReport, totalReport } from "../report.ts";

interface ImportOptions extends CommonOptions {
  cacheFrom: string;
  tag: string;
  strict?: boolean;
}

/** Adds the verb. */
export function addImport(program: Command, io: Io): void {
  addCommonOptions(
    program.command("import <dir>")
      .description(
        "fetch a cache from S3 into a directory that --cache-from type=local,src=DIR reads",
      )
      .requiredOption(
        "--cache-from <attrs>",
        "where from: type=s3,bucket=…,region=…, as for docker buildx build",
      )
      .option("--tag <tag>", "the entry of the local cache that is written", "latest")
      .option(
        "--strict",
        "fail if the bucket has lost a blob, instead of leaving out what needs it",
      ),
  ).action((dir: string, options: ImportOptions) => runImport(dir, options, io));
}

async function runImport(dir: string, options: ImportOptions, io: Io): Promise<void> {
  const { tag, strict } = options;
  const source = await readAttributes(options.cacheFrom, "import", "--cache-from", io);
  try {
    const report = await withProgress("import", options, io, async (settings) => {
      const cache = await importCache(source, settings);
      return await writeLocalCache(dir, cache, { ...settings, tag, strict });
    });
    const text = report.digest === undefined
      ? `nothing imported: ${source.bucket} has no cache named ${source.names.join(" or ")}`
      : `imported into ${dir} from ${describeReport(report, "downloaded")}`;
    printResult({ json: report, text }, options, io);
  } catch (error) {
    if (!source.ignoreError || io.signal.aborted) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    warn(io, `import ignored: ${problem}`);
    printResult({ json: totalReport([], "imports"), text: "nothing imported" }, options, io);
  }
}
