/**
 * The command that `exec` runs: with this process's streams, and its signals passed on.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { Interrupted, type Io } from "../io.ts";

/** As shells say it. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Runs a command to its end.
 *
 * @param argv the program and its arguments
 * @param io environment, and the signal that is passed on
 * @returns its exit status; that of a command that a signal ended is 128 and the signal's number
 */
export async function runChild(argv: readonly string[], io: Io): Promise<number> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit", env: io.env });
  const passOn = () => {
    const { reason } = io.signal;
    const signal = reason instanceof Interrupted ? reason.signal : "SIGTERM";
    // On Deno a child that was sent a signal by its own method counts as killed by it, whatever its
    // exit status.
    if (child.pid !== undefined) process.kill(child.pid, signal);
  };
  io.signal.addEventListener("abort", passOn, { once: true });
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
    io.signal.removeEventListener("abort", passOn);
  }
}
