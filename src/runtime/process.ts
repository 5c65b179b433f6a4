/**
 * Programs, for `credential_process`. node:child_process is what Deno, Bun and Node have in common;
 * it is imported only when a program is started, so that the module loads where there is none.
 *
 * @module
 */
import { requireDisk } from "./runtime.ts";

/** Settings of {@linkcode runShell}. */
export interface RunShellOptions {
  /** Kills the program, and rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which the program is killed. */
  timeout: number;
}

/** What became of a program. */
export interface ShellResult {
  /** Its exit status; undefined if it was killed. */
  status: number | undefined;
  /** What it wrote to its standard output, as UTF-8. */
  stdout: string;
  /** Whether it was killed because it took too long. */
  timedOut: boolean;
}

/** Nothing that we run has more to say than this, in bytes. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a command line in the system's shell. Its standard error goes to ours, where it may ask the
 * user for something; it has no standard input.
 *
 * @param command as one would type it
 * @param options how long it may take
 * @returns how it ended and what it printed
 * @throws {Error} if no shell can be started, or it prints more than 1 MiB
 */
export async function runShell(command: string, options: RunShellOptions): Promise<ShellResult> {
  requireDisk("running a program");
  const [{ spawn }, { platform }] = await Promise.all([
    import("node:child_process"),
    import("node:os"),
  ]);
  options.signal?.throwIfAborted();
  const [shell, flag] = platform() === "win32" ? ["cmd.exe", "/C"] : ["sh", "-c"];
  return await new Promise((resolve, reject) => {
    const child = spawn(shell, [flag, command], { stdio: ["ignore", "pipe", "inherit"] });
    const chunks: Uint8Array[] = [];
    let length = 0;
    let timedOut = false;
    let failure: unknown;
    const stop = (reason: unknown) => {
      failure ??= reason;
      child.kill("SIGKILL");
      // What the shell has started may hold the pipe open: it is not waited for.
      child.stdout.destroy();
    };
    const onAbort = () => stop(options.signal?.reason);
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
      child.stdout.destroy();
    }, options.timeout);
    const release = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    child.stdout.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_OUTPUT) stop(new Error(`printed more than ${MAX_OUTPUT} bytes`));
    });
    child.on("error", (error) => {
      release();
      reject(error);
    });
    child.on("close", (status) => {
      release();
      if (failure !== undefined) return reject(failure);
      resolve({ status: status ?? undefined, stdout: decode(chunks, length), timedOut });
    });
  });
}

function decode(chunks: Uint8Array[], length: number): string {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return new TextDecoder().decode(bytes);
}
