/** What a test of interoperation needs: an S3 server, a BuildKit and a directory of its own. */
import { Buildkit } from "./buildkit.ts";
import type { NetworkNamespace } from "./network_namespace.ts";
import { Versitygw } from "./versitygw.ts";

/** A laboratory; it is gone when the test ends. */
export class Lab implements AsyncDisposable {
  readonly directory: string;
  readonly s3: Versitygw;
  readonly buildkit: Buildkit;
  /** Where the daemon believes to be. */
  readonly timeZone: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    directory: string,
    s3: Versitygw,
    buildkit: Buildkit,
    timeZone: string,
    resources: AsyncDisposableStack,
  ) {
    this.directory = directory;
    this.s3 = s3;
    this.buildkit = buildkit;
    this.timeZone = timeZone;
    this.#resources = resources;
  }

  /**
   * Starts everything.
   *
   * @param options `timeZone` of the daemon, as the TZ variable names it, and its network namespace
   */
  static async start(
    { timeZone = "UTC", namespace }: { timeZone?: string; namespace?: NetworkNamespace } = {},
  ): Promise<Lab> {
    await using resources = new AsyncDisposableStack();
    // A short path: that of a socket may have 107 characters.
    const directory = await Deno.makeTempDir({ prefix: "s3cache-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const s3 = resources.use(await Versitygw.start(directory));
    // From elsewhere, the proxy is as far away as the bucket.
    const env = { ...namespace ? {} : s3.proxyEnv, TZ: timeZone };
    const buildkit = resources.use(await Buildkit.start(directory, env, namespace));
    return new Lab(directory, s3, buildkit, timeZone, resources.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
