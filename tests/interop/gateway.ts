/** `s3cache serve` over the bucket of a laboratory. */
import { cliCommand } from "../cli_command.ts";
import type { Lab } from "./lab.ts";

/** A running gateway. */
export class Gateway implements AsyncDisposable {
  /** `HOST:PORT`, as references have it. */
  readonly host: string;
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;

  private constructor(host: string, child: Deno.ChildProcess, lines: AsyncGenerator<string>) {
    this.host = host;
    this.#child = child;
    this.#lines = lines;
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
    const lines = readLines(child.stdout);
    const first = await lines.next();
    if (first.done) throw new Error("the gateway did not start");
    return new Gateway(new URL(JSON.parse(first.value).url).host, child, lines);
  }

  /** Attributes of a cache that goes by way of the gateway. */
  attributes(reference: string, more = ""): string {
    return `type=registry,ref=${this.host}/${reference}${more}`;
  }

  /** What the gateway was asked since this was last called: method, path and status. */
  async requests(): Promise<string[]> {
    // What is logged before this one was asked before.
    const marker = `/v2/${crypto.randomUUID()}/tags/list`;
    await (await fetch(`http://${this.host}${marker}`)).text();
    const requests: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) throw new Error("the gateway ended");
      const { method, path, status } = JSON.parse(value);
      if (path === marker) return requests;
      requests.push(`${method} ${path} ${status}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    for await (const _ of this.#lines);
    await this.#child.status;
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as TransformStream)) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
