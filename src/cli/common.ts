/**
 * What the verbs have in common: options, attribute strings, reports.
 *
 * @module
 */
import { parseAttributes } from "../attributes/attributes.ts";
import type { CacheOptions } from "../attributes/options.ts";
import type { TransferOptions } from "../transfer/connection.ts";
import { type Command, Option } from "./deps.ts";
import type { Io } from "./io.ts";
import { type ProgressMode, showProgress } from "./progress.ts";

/** Options that every verb has. */
export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
  progress: ProgressMode;
}

/** Adds the options that every verb has. */
export function addCommonOptions(command: Command): Command {
  return command
    .option("--json", "print one JSON document on stdout, and nothing else there")
    .option("-q, --quiet", "print no progress and no summary; warnings remain")
    .addOption(
      new Option("--progress <mode>", "how to show progress on stderr")
        .choices(["auto", "plain", "none"]).default("auto"),
    );
}

/** Collects an option that may be repeated. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...previous ?? [], value];
}

/** Reads an attribute string; its warnings go to stderr. */
export function readAttributes(
  text: string,
  direction: "export" | "import",
  source: string,
  io: Io,
): CacheOptions {
  return parseAttributes(text, {
    direction,
    source,
    env: io.env,
    onWarning: (message) => warn(io, message),
  });
}

/** Prints a warning. */
export function warn(io: Io, message: string): void {
  io.stderr(`s3cache: warning: ${message}\n`);
}

/** Runs one transfer with its progress shown. */
export async function withProgress<T>(
  label: string,
  options: CommonOptions,
  io: Io,
  transfer: (settings: TransferOptions) => Promise<T>,
): Promise<T> {
  const mode = options.quiet ? "none" : options.progress;
  const progress = showProgress(label, mode, io);
  try {
    return await transfer({ signal: io.signal, onProgress: progress.onProgress });
  } finally {
    progress.stop();
  }
}

/** Prints what was done: a document, a line for people, or nothing. */
export function printResult(
  result: { json: object; text: string },
  options: CommonOptions,
  io: Io,
): void {
  if (options.json) io.stdout(JSON.stringify(result.json) + "\n");
  else if (!options.quiet) io.stdout(result.text + "\n");
}
