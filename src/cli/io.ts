/**
 * What the command has of the process around it, so that a test can give it another one.
 *
 * @module
 */
import process from "node:process";

/** The process, as far as the command sees it. */
export interface Io {
  /** Environment variables. */
  env: Record<string, string | undefined>;
  /** Writes what was asked for. */
  stdout(text: string): void;
  /** Writes everything else: progress, warnings, errors. */
  stderr(text: string): void;
  /** Whether a person watches stderr. */
  isTerminal: boolean;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

/** The reason of an abort by Ctrl-C or a polite kill. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  /** What interrupted. */
  readonly signal: "SIGINT" | "SIGTERM";

  /**
   * @param message for people
   * @param signal what interrupted
   */
  constructor(message: string, signal: "SIGINT" | "SIGTERM" = "SIGINT") {
    super(message);
    this.signal = signal;
  }
}

/**
 * The real process. The first signal ends what runs, with its clean-up; a second one does not wait
 * for that.
 */
export function processIo(): Io {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(130);
      abort.abort(new Interrupted("interrupted", signal));
    });
  }
  return {
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    signal: abort.signal,
  };
}
