/** A network of its own for a builder, as one in a container or on another machine has it. */
import { output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";

/** A network namespace, and a cable from it to ours. */
export class NetworkNamespace implements AsyncDisposable {
  readonly name: string;
  /** Our end of the cable: where programs inside reach this machine. */
  readonly address: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(name: string, address: string, resources: AsyncDisposableStack) {
    this.name = name;
    this.address = address;
    this.#resources = resources;
  }

  /**
   * Makes a namespace.
   *
   * @throws {Error} where this process may not
   */
  static async create(): Promise<NetworkNamespace> {
    try {
      return await NetworkNamespace.#create(await tool("ip"));
    } catch (error) {
      const why = "this test makes a network namespace, which takes root and its capabilities";
      throw new Error(`${why}: ${error instanceof Error ? error.message : error}`);
    }
  }

  static async #create(program: string): Promise<NetworkNamespace> {
    const ip = (...args: string[]) => output([program, ...args]);
    // Short, for the cable's end has this name too.
    const name = `s3c-${crypto.randomUUID().slice(0, 8)}`;
    const [ours, theirs] = addresses();
    await ip("netns", "add", name);
    await using resources = new AsyncDisposableStack();
    resources.defer(async () => void await ip("netns", "delete", name));
    await ip("link", "add", name, "type", "veth", "peer", "name", "outside", "netns", name);
    // The cable has two ends and goes with either: a namespace may live on for a while.
    resources.defer(async () => void await ip("link", "delete", name));
    await ip("address", "add", `${ours}/30`, "dev", name);
    await ip("link", "set", name, "up");
    await ip("-netns", name, "address", "add", `${theirs}/30`, "dev", "outside");
    await ip("-netns", name, "link", "set", "outside", "up");
    await ip("-netns", name, "link", "set", "lo", "up");
    return new NetworkNamespace(name, ours, resources.move());
  }

  /**
   * How to run a program inside.
   *
   * @param argv the program and its arguments
   */
  enter(...argv: string[]): [string, ...string[]] {
    // `ip netns exec` would take /sys away too, and with it the control groups that runc needs.
    return ["nsenter", `--net=/run/netns/${this.name}`, ...argv];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

/** The two addresses of a network of four, somewhere in 198.18.0.0/15: that one is for tests. */
function addresses(): [ours: string, theirs: string] {
  const [third = 0, fourth = 0] = crypto.getRandomValues(new Uint8Array(2));
  const first = fourth & ~3;
  return [`198.18.${third}.${first + 1}`, `198.18.${third}.${first + 2}`];
}
