/** A BuildKit of its own: daemon, state and all. */
import { capture, output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { BuildLog } from "./build_log.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import type { NetworkNamespace } from "./network_namespace.ts";

const DOCKERFILES = new URL("dockerfiles/", import.meta.url).pathname;

/** What to build, and which caches to use. */
export interface Build {
  /** The name of a file in dockerfiles/, without `.Dockerfile`; or the path of one. */
  dockerfile: string;
  /** The directory of the context. */
  context: string;
  /** The platforms, if not the machine's own. */
  platforms?: readonly string[];
  /** Attribute strings. */
  cacheTo?: string[];
  /** Attribute strings. */
  cacheFrom?: string[];
  /** The directory that gets the files of the image; what is cached is fetched only for it. */
  output?: string;
}

/** A running daemon. */
export class Buildkit implements AsyncDisposable {
  readonly #daemon: Daemon;
  readonly #buildctl: string[];

  private constructor(daemon: Daemon, buildctl: string[]) {
    this.#daemon = daemon;
    this.#buildctl = buildctl;
  }

  /**
   * Starts a daemon with nothing in its cache.
   *
   * @param directory where it keeps its state
   * @param env variables of the daemon
   * @param namespace the network namespace that it lives in, if that is not ours
   */
  static async start(
    directory: string,
    env: Record<string, string> = {},
    namespace?: NetworkNamespace,
  ): Promise<Buildkit> {
    await tool("runc");
    const socket = `unix://${directory}/buildkitd.sock`;
    const buildctl = [await tool("buildctl"), "--addr", socket];
    const program = await tool("buildkitd");
    const daemon = await startDaemon({
      argv: [
        ...namespace ? namespace.enter(program) : [program] as const,
        ...["--root", `${directory}/buildkit`],
        ...["--addr", socket],
        "--oci-worker=true",
        "--containerd-worker=false",
        // Works on every file system that a CI machine may have.
        "--oci-worker-snapshotter=native",
      ],
      env,
      log: `${directory}/buildkitd.log`,
      isReady: async () => (await capture([...buildctl, "debug", "workers"])).code === 0,
    });
    return new Buildkit(daemon, buildctl);
  }

  /** Builds. */
  async build(build: Build): Promise<BuildLog> {
    const { dockerfile, context, platforms, cacheTo = [], cacheFrom = [], output } = build;
    const path = dockerfile.includes("/") ? dockerfile : `${DOCKERFILES}${dockerfile}.Dockerfile`;
    const slash = path.lastIndexOf("/");
    const { code, text } = await capture([
      ...this.#buildctl,
      "build",
      "--progress=rawjson",
      ...["--frontend", "dockerfile.v0"],
      ...["--local", `context=${context}`],
      ...["--local", `dockerfile=${path.slice(0, slash)}`],
      ...["--opt", `filename=${path.slice(slash + 1)}`],
      ...(platforms ? ["--opt", `platform=${platforms.join(",")}`] : []),
      ...cacheTo.flatMap((attributes) => ["--export-cache", attributes]),
      ...cacheFrom.flatMap((attributes) => ["--import-cache", attributes]),
      ...(output ? ["--output", `type=local,dest=${output}`] : []),
    ]);
    if (code !== 0) {
      const errors = text.split("\n").filter((line) => !line.startsWith("{")).join("\n");
      throw new Error(`the build of ${dockerfile} failed:\n${errors}`);
    }
    return new BuildLog(text);
  }

  /** Forgets all that was built. */
  async prune(): Promise<void> {
    await output([...this.#buildctl, "prune", "--all"]);
    const left = await output([...this.#buildctl, "du", "--format", "{{len .}}"]);
    if (left.trim() !== "0") throw new Error(`after prune --all, ${left} records are left`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
  }
}
