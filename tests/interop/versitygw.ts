/** versitygw: an S3 server that checks signatures, over a directory. */
import { tool } from "../../scripts/tools.ts";
import { type Daemon, freePort, startDaemon } from "./daemon.ts";
import { describeTree } from "./file_tree.ts";

/** Where the bucket's name goes in a URL. */
export type UrlStyle = "path" | "virtual";

/** The domain of virtual-hosted URLs. No resolver knows it: see {@linkcode Versitygw.proxyEnv}. */
const DOMAIN = "s3.test";
const ACCESS_KEY_ID = "interop";
/** What nobody but its owner may see. */
export const SECRET_ACCESS_KEY = "interop-secret";
const BUCKET = "cache";

/** A running server with one bucket. */
export class Versitygw implements AsyncDisposable {
  readonly #daemon: Daemon;
  readonly #port: number;
  readonly #data: string;
  readonly #accessLog: string;

  private constructor(daemon: Daemon, port: number, data: string, accessLog: string) {
    this.#daemon = daemon;
    this.#port = port;
    this.#data = data;
    this.#accessLog = accessLog;
  }

  /**
   * Starts a server.
   *
   * @param directory where it keeps its files
   */
  static async start(directory: string): Promise<Versitygw> {
    const port = freePort();
    const data = `${directory}/s3`;
    const accessLog = `${directory}/s3-access.log`;
    await Deno.mkdir(`${data}/${BUCKET}`, { recursive: true });
    const daemon = await startDaemon({
      argv: [
        await tool("versitygw"),
        ...["--port", `127.0.0.1:${port}`],
        ...["--access", ACCESS_KEY_ID, "--secret", SECRET_ACCESS_KEY],
        ...["--virtual-domain", DOMAIN],
        ...["--access-log", accessLog],
        ...["--health", "/health"],
        "--quiet",
        "posix",
        data,
      ],
      log: `${directory}/versitygw.log`,
      isReady: async () => {
        try {
          const answer = await fetch(`http://127.0.0.1:${port}/health`);
          await answer.body?.cancel();
          return answer.ok;
        } catch {
          return false;
        }
      },
    });
    return new Versitygw(daemon, port, data, accessLog);
  }

  /**
   * Variables that lead clients to the virtual-hosted URLs: the server is its own HTTP proxy, so
   * that nobody has to resolve a name.
   */
  get proxyEnv(): Record<string, string> {
    return { HTTP_PROXY: `http://127.0.0.1:${this.#port}`, NO_PROXY: "127.0.0.1" };
  }

  /** Attributes of a cache in this bucket, for BuildKit and for us. */
  attributes(style: UrlStyle, more: Record<string, string> = {}): string {
    const attributes = {
      type: "s3",
      bucket: BUCKET,
      region: "us-east-1",
      access_key_id: ACCESS_KEY_ID,
      secret_access_key: SECRET_ACCESS_KEY,
      endpoint_url: style === "path" ? `http://127.0.0.1:${this.#port}` : `http://${DOMAIN}`,
      use_path_style: String(style === "path"),
      ...more,
    };
    return Object.entries(attributes).map(([key, value]) => `${key}=${value}`).join(",");
  }

  /** Makes another bucket. */
  async addBucket(bucket: string): Promise<void> {
    await Deno.mkdir(`${this.#data}/${bucket}`);
  }

  /** The text of an object. */
  async read(key: string, bucket = BUCKET): Promise<string> {
    return await Deno.readTextFile(`${this.#data}/${bucket}/${key}`);
  }

  /** The names and sizes of the objects under a prefix that ends with a slash. */
  async list(prefix: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    const directory = `${this.#data}/${BUCKET}/${prefix}`;
    for await (const { name } of Deno.readDir(directory)) {
      sizes.set(name, (await Deno.stat(`${directory}${name}`)).size);
    }
    return new Map([...sizes].sort());
  }

  /** All that is in the bucket, to compare. */
  async everything(): Promise<string[]> {
    return await describeTree(`${this.#data}/${BUCKET}`);
  }

  /** What stood in the first lines of all requests: a path, or a URL where a proxy was asked. */
  async requestTargets(): Promise<string[]> {
    const log = await Deno.readTextFile(this.#accessLog);
    return [...log.matchAll(/ s3_\w+ \S+ (\S+) /g)].map(([, target]) => target!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
  }
}
