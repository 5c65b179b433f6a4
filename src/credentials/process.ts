import { runShell, type ShellResult } from "../runtime/process.ts";
import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { createContext, type ProviderOptions } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { readJson } from "./http.ts";
import { readCredentials } from "./json_credentials.ts";
import { memoize } from "./memoize.ts";
import { isNotPermitted, missingPermission } from "./permissions.ts";

const WHAT = "credential_process";

/** A program that wants to be shown to its user has this long, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Settings of {@linkcode processProvider}. */
export interface ProcessOptions extends Pick<ProviderOptions, "clock" | "random"> {
  /** The command line, as for the system's shell. */
  command: string;
}

/**
 * Runs a program that prints credentials as JSON, as `credential_process` in the AWS configuration
 * does: `{"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …}`.
 * What it writes to its standard error the user sees. Needs Deno, Bun or Node.
 *
 * @example
 * ```ts
 * import { processProvider } from "@s3cache/s3cache";
 *
 * const provider = processProvider({
 *   command: `echo '{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "secret"}'`,
 * });
 * console.assert((await provider()).accessKeyId === "AKIA");
 * ```
 *
 * @param options the command line
 * @returns a memoized provider, which fails with CredentialsError if the program does, takes longer
 * than a minute, or prints something else
 */
export function processProvider(options: ProcessOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(({ signal } = {}) => runForCredentials(options.command, signal), context);
}

/** Runs the program once. */
export async function runForCredentials(
  command: string,
  signal?: AbortSignal,
): Promise<Credentials> {
  const result = await start(command, signal);
  if (result.timedOut) throw new CredentialsError(`${WHAT}: not done within ${TIMEOUT_MS} ms`);
  if (result.status !== 0) {
    throw new CredentialsError(`${WHAT}: ended with ${result.status ?? "a signal"}`);
  }
  const json = readJson(result.stdout, WHAT);
  if (json.Version !== 1) throw new CredentialsError(`${WHAT}: expected Version 1 in its output`);
  return readCredentials(json, {
    accessKeyId: "AccessKeyId",
    secretAccessKey: "SecretAccessKey",
    sessionToken: "SessionToken",
    expiration: "Expiration",
  }, WHAT);
}

async function start(command: string, signal?: AbortSignal): Promise<ShellResult> {
  try {
    return await runShell(command, { signal, timeout: TIMEOUT_MS });
  } catch (error) {
    signal?.throwIfAborted();
    const reason = isNotPermitted(error)
      ? missingPermission("--allow-run")
      : error instanceof Error
      ? error.message
      : String(error);
    // Without a cause: the runtime's error repeats the command line.
    throw new CredentialsError(`${WHAT}: ${reason}`);
  }
}
