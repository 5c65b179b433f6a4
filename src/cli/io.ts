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
  /**
   * Takes the signals that come: `signal` does not abort for them any more, and nothing else happens.
   *
   * @param listener is told of each
   * @returns what gives them back
   */
  takeSignals(listener: (signal: NodeJS.Signals) => void): () => void;
}

/** The reason of an abort by Ctrl-C or a polite kill. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Those that end a process which does not listen. */
const OTHER_SIGNALS = ["SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/**
 * The real process. The first signal ends what runs, with its clean-up; a second one does not wait
 * for that.
 */
export function processIo(): Io {
  const abort = new AbortController();
  let taken: ((signal: NodeJS.Signals) => void) | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (taken) return taken(signal);
      if (abort.signal.aborted) process.exit(130);
      abort.abort(new Interrupted("interrupted"));
    });
  }
  return {
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    signal: abort.signal,
    takeSignals(listener) {
      taken = listener;
      for (const signal of OTHER_SIGNALS) process.on(signal, listener);
      return () => {
        taken = undefined;
        for (const signal of OTHER_SIGNALS) process.off(signal, listener);
      };
    },
  };
}
