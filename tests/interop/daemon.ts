/** Servers that a test starts, and that end with it. */

/** A process that runs until it is stopped. */
export interface Daemon extends AsyncDisposable {
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

/** How to run a daemon. */
export interface DaemonOptions {
  argv: [string, ...string[]];
  env?: Record<string, string>;
  /** The file that gets its output. */
  log: string;
  /** Whether it answers already. */
  isReady(): Promise<boolean>;
}

const START_SECONDS = 30;
const STOP_SECONDS = 10;

/**
 * Starts a daemon and waits until it answers.
 *
 * @throws {Error} with its output, if it ends instead
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const [program, ...args] = options.argv;
  const log = await Deno.open(options.log, { create: true, append: true });
  const child = new Deno.Command(program, {
    args,
    env: options.env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = log.writable.getWriter();
  const copy = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) await writer.write(chunk);
  };
  const copied = Promise.all([copy(child.stdout), copy(child.stderr)]);
  let ended = false;
  const end = child.status.then(async () => {
    ended = true;
    await copied;
    await writer.close();
  });
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    const kill = setTimeout(() => ended || child.kill("SIGKILL"), STOP_SECONDS * 1000);
    await end;
    clearTimeout(kill);
  };
  for (let waited = 0; !ended && waited < START_SECONDS * 1000; waited += 50) {
    if (await options.isReady()) return { stop, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`${program} did not start:\n${await Deno.readTextFile(options.log)}`);
}

/** A port that nobody listened on a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
