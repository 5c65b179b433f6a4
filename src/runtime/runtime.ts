/**
 * Which runtime this is. workerd goes first: with nodejs_compat it has a `process` that says it is
 * Node and a file system that "succeeds" without keeping anything.
 *
 * @module
 */

import { isBun } from "./bun.ts";

/** The runtimes that are told apart; everything that differs between them is in this folder. */
export type Runtime = "workerd" | "deno" | "bun" | "node" | "other";

/** The runtime that this code runs on. */
export const runtime: Runtime = detect();

function detect(): Runtime {
  const globals = globalThis as Record<string, unknown> & {
    process?: { versions?: { node?: string } };
  };
  if (globals.navigator && navigator.userAgent === "Cloudflare-Workers") return "workerd";
  if (globals.Deno) return "deno";
  if (isBun) return "bun";
  if (globals.process?.versions?.node) return "node";
  return "other";
}

/**
 * Refuses to go on where there are no files.
 *
 * @param what the operation that wants them, for the message
 * @throws {Error} on workerd and other runtimes without a file system
 */
export function requireDisk(what: string): void {
  if (runtime === "workerd" || runtime === "other") {
    throw new Error(`${what} needs a file system, which this runtime does not have`);
  }
}
