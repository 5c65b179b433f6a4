/**
 * `s3cache import`: a bucket into a local cache.
 *
 * @module
 */
import type { CacheOptions } from "../../attributes/options.ts";
import { type Cache, importCache } from "../../transfer/cache.ts";
import { writeLocalCache } from "../../transfer/import.ts";
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

interface ImportOptions extends CommonOptions {
  cacheFrom: string[];
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
        "where from: type=s3,bucket=…,region=…, as for docker buildx build; several become one",
        collect,
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
  const sources = await Promise.all(
    options.cacheFrom.map((text) => readAttributes(text, "import", "--cache-from", io)),
  );
  try {
    const report = await withProgress("import", options, io, async (settings) => {
      const caches: Cache[] = [];
      for (const source of sources) {
        const cache = await ignoring(source, io, () => importCache(source, settings));
        if (cache) caches.push(cache);
      }
      return await writeLocalCache(dir, caches, { ...settings, tag, strict });
    });
    const wanted = sources.map(({ bucket, names }) => `${names.join(" or ")} in ${bucket}`);
    const text = report.digest === undefined
      ? `nothing imported: there is no cache ${wanted.join(", nor ")}`
      : `imported into ${dir} from ${describeReport(report, "downloaded")}`;
    printResult({ json: report, text }, options, io);
  } catch (error) {
    if (io.signal.aborted || !sources.every(({ ignoreError }) => ignoreError)) throw error;
    warnIgnored(error, io);
    printResult({ json: totalReport([], "imports"), text: "nothing imported" }, options, io);
  }
}

/** Runs something for a source; with `ignore-error` its failure is a warning. */
async function ignoring<T>(
  { ignoreError }: CacheOptions,
  io: Io,
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (!ignoreError || io.signal.aborted) throw error;
    warnIgnored(error, io);
    return undefined;
  }
}

function warnIgnored(error: unknown, io: Io): void {
  warn(io, `import ignored: ${error instanceof Error ? error.message : String(error)}`);
}
