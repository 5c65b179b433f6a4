/**
 * What the verbs have in common: options, attribute strings, reports.
 *
 * @module
 */
import { Attribute } from "../attributes/attribute.ts";
import { parseAttributes } from "../attributes/attributes.ts";
import { endpointUrl as readEndpointUrl } from "../attributes/endpoint_url.ts";
import type { CacheOptions } from "../attributes/options.ts";
import { defaultCredentials } from "../credentials/default_credentials.ts";
import { resolveProfileDefaults } from "../credentials/profile_defaults.ts";
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

/**
 * Reads an attribute string; its warnings go to stderr. What it leaves open is taken from where the
 * AWS SDKs take it: credentials from the default chain, the rest from the environment and the
 * shared files.
 */
export async function readAttributes(
  text: string,
  direction: "export" | "import",
  source: string,
  io: Io,
): Promise<CacheOptions> {
  const { region, endpointUrl, ...settings } = await resolveProfileDefaults({ env: io.env });
  const options: CacheOptions = parseAttributes(text, {
    direction,
    source,
    // Only what is needed is read: permission for the whole environment may not be there. The keys
    // are the chain's business.
    env: { AWS_REGION: io.env.AWS_REGION ?? region?.value, AWS_BUCKET: io.env.AWS_BUCKET },
    onWarning: (message) => warn(io, message),
  });
  if (endpointUrl && options.endpointUrl === undefined) {
    const { value, source: origin } = endpointUrl;
    options.endpointUrl = readEndpointUrl(new Attribute("endpoint_url", value, source, origin));
  }
  options.fips = settings.fips;
  options.dualstack = settings.dualstack;
  options.retryMode ??= settings.retryMode;
  options.retryMaxAttempts ??= settings.maxAttempts;
  if (!options.anonymous) {
    options.credentials ??= defaultCredentials({ env: io.env, region: options.region });
  }
  return options;
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
