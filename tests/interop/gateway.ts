/** `s3cache serve` over the bucket of a laboratory. */
import { cliCommand } from "../cli_command.ts";
import type { Lab } from "./lab.ts";

/** A running gateway. */
export class Gateway implements AsyncDisposable {
  /** `HOST:PORT`, as references have it. */
  readonly host: string;
  readonly #child: Deno.ChildProcess;
  readonly #log: Log;

  private constructor(host: string, child: Deno.ChildProcess, log: Log) {
    this.host = host;
    this.#child = child;
    this.#log = log;
  }

  /**
   * Starts a gateway.
   *
   * @param lab whose bucket it serves
   * @param argv more options
   */
  static async start(lab: Lab, argv: string[] = []): Promise<Gateway> {
    const [program, ...args] = cliCommand;
    const cache = lab.s3.attributes("path");
    const serve = ["serve", "--json", "--cache", cache, "--listen", "127.0.0.1:0", ...argv];
    const command = new Deno.Command(program, {
      args: [...args, ...serve],
      stdin: "null",
      stdout: "piped",
    });
    const child = command.spawn();
    const log = new Log(child.stdout);
    const first = await log.until(() => true);
    return new Gateway(new URL(JSON.parse(first).url).host, child, log);
  }

  /** Attributes of a cache that goes by way of the gateway. */
  attributes(reference: string, more = ""): string {
    return `type=registry,ref=${this.host}/${reference}${more}`;
  }

  /** What the gateway was asked since this was last called: method, path and status. */
  async requests(): Promise<string[]> {
    // What was asked before this one is logged before it.
    const marker = `/v2/${crypto.randomUUID()}/tags/list`;
    await (await fetch(`http://${this.host}${marker}`)).text();
    await this.#log.until((line) => line.includes(marker));
    return this.#log.take().map((line) => JSON.parse(line))
      .filter(({ path }) => path !== undefined && path !== marker)
      .map(({ method, path, status }) => `${method} ${path} ${status}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#log.end;
  }
}

/** The lines of a stream, read as they come: a process whose output nobody reads stands still. */
class Log {
  /** Resolves when the stream ends. */
  readonly end: Promise<void>;
  #lines: string[] = [];
  #rest = "";
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.end = this.#read(stream);
  }

  /** Waits for a line. */
  async until(isIt: (line: string) => boolean): Promise<string> {
    for (;;) {
      const line = this.#lines.find(isIt);
      if (line !== undefined) return line;
      if (this.#ended) throw new Error("the gateway ended");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Takes what is there. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const lines = (this.#rest + decoder.decode(chunk, { stream: true })).split("\n");
      this.#rest = lines.pop()!;
      this.#lines.push(...lines);
    }
    this.#ended = true;
  }
}
