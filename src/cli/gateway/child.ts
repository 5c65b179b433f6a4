/**
 * The command that `exec` runs: with this process's streams, and its signals passed on.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import type { Io } from "../io.ts";

/** The status of a command that is not there, as shells have it. */
export const NOT_FOUND = 127;
/** The status of one that cannot be run. */
export const NOT_EXECUTABLE = 126;

/**
 * Runs a command to its end. Every signal is passed on to it, and none ends us before it: a builder
 * takes several to mean more than one.
 *
 * @param argv the program and its arguments
 * @param io environment, and the signals
 * @returns its exit status; that of a command that a signal ended is 128 and the signal's number
 */
export async function runChild(argv: readonly string[], io: Io): Promise<number> {
  const [program = "", ...args] = argv;
  io.signal.throwIfAborted();
  const child = spawn(program, args, { stdio: "inherit", env: io.env });
  const release = io.takeSignals((signal) => {
    if (child.pid === undefined || isFromTerminal(signal)) return;
    try {
      // On Deno a child that was sent a signal by its own method counts as killed by it, whatever
      // its exit status.
      process.kill(child.pid, signal);
    } catch {
      // It has just ended.
    }
  });
  try {
    return await new Promise((resolve) => {
      child.once("error", (error: Error & { code?: string }) => {
        io.stderr(`s3cache: ${program}: ${error.message}\n`);
        resolve(error.code === "ENOENT" ? NOT_FOUND : NOT_EXECUTABLE);
      });
      child.once("exit", (status, signal) => {
        resolve(status ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  } finally {
    release();
  }
}

/** The keys of a terminal send their signal to all that run in it, the child included. */
function isFromTerminal(signal: NodeJS.Signals): boolean {
  const { stdin, stdout, stderr } = process;
  return (signal === "SIGINT" || signal === "SIGQUIT") &&
    [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
}
