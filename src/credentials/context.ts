/**
 * What the providers have of the world around them; a test gives them another one.
 *
 * @module
 */
import type { Environment } from "../attributes/environment_credentials.ts";
import { hasCode, isNotFound, readFile } from "../runtime/files.ts";
import { sleep } from "../sleep.ts";
import { CredentialsError } from "./errors.ts";
import { isNotPermitted, missingPermission } from "./permissions.ts";
import { Variables } from "./variables.ts";

/** Options that every provider has; all of them can be left out. */
export interface ProviderOptions {
  /** The environment, such as `process.env`. Default: empty; none is read unasked. */
  env?: Environment;
  /** What sends requests; the runtime's `fetch` by default. */
  fetch?: typeof fetch;
  /** Reads a file of text; the runtime's file system by default. */
  readFile?: (path: string) => Promise<string>;
  /** Milliseconds since 1970; `Date.now` by default. */
  clock?: () => number;
  /** Waits; `setTimeout` by default. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1; `Math.random` by default. */
  random?: () => number;
}

/** The same with every default applied. */
export interface Context {
  variables: Variables;
  fetch: typeof fetch;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  random: () => number;
  /** Reads a file of text, as it is. */
  readFile: (path: string) => Promise<string>;
}

/** Applies the defaults. */
export function createContext(options: ProviderOptions): Context {
  return {
    variables: new Variables(options.env ?? {}),
    // Not bound here: a `fetch` that is replaced later counts.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    clock: options.clock ?? Date.now,
    sleep: options.sleep ?? sleep,
    random: options.random ?? Math.random,
    readFile: options.readFile ?? readText,
  };
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path));
}

/**
 * Reads a file that must be there.
 *
 * @param path the file
 * @param what it is, for the message
 * @throws {CredentialsError} saying why it cannot be read
 */
export async function readRequired(path: string, what: string, context: Context): Promise<string> {
  try {
    return await context.readFile(path);
  } catch (error) {
    throw new CredentialsError(`${what} ${path}: ${whyUnreadable(error, path)}`, { cause: error });
  }
}

/** Why a file cannot be read, in a few words. */
export function whyUnreadable(error: unknown, path: string): string {
  if (isNotPermitted(error)) return missingPermission(`--allow-read=${path}`);
  if (isNotFound(error)) return "no such file";
  if (hasCode(error, "EACCES", "EPERM")) return "the file system does not permit to read it";
  if (hasCode(error, "EISDIR")) return "is a directory";
  return error instanceof Error ? error.message : String(error);
}

/** The user's home directory, if the environment names one. */
export function homeDirectory({ variables }: Context): string | undefined {
  return variables.get("HOME", "USERPROFILE");
}
