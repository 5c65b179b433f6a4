/** `docker buildx`, with the BuildKit of a laboratory as its builder and no Docker engine. */
import { capture, type Captured, output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { assertEquals } from "../assert.ts";
import { cliCommand } from "../cli_command.ts";
import type { Lab } from "./lab.ts";
import { SECRET_ACCESS_KEY } from "./versitygw.ts";

/** The name of the builder. */
export const BUILDER = "lab";

/** An installation of Docker's command line, of this laboratory alone. */
export class Buildx {
  readonly #directory: string;
  readonly #env: Record<string, string>;

  private constructor(directory: string, env: Record<string, string>) {
    this.#directory = directory;
    this.#env = env;
  }

  /**
   * Installs it, and makes the builder known to it.
   *
   * @param lab whose BuildKit is the builder
   */
  static async start(lab: Lab): Promise<Buildx> {
    const directory = `${lab.directory}/docker`;
    await Deno.mkdir(`${directory}/cli-plugins`, { recursive: true });
    await Deno.symlink(await tool("buildx"), `${directory}/cli-plugins/docker-buildx`);
    await Deno.mkdir(`${directory}/bin`);
    // The first `docker` on the path notes what it was told, one argument a line.
    await Deno.writeTextFile(
      `${directory}/bin/docker`,
      `#!/bin/sh\nprintf '%s\\n' "$@" >> '${directory}/arguments'\nexec '${await tool(
        "docker",
      )}' "$@"\n`,
      { mode: 0o755 },
    );
    const buildx = new Buildx(lab.directory, {
      PATH: `${directory}/bin:${Deno.env.get("PATH")}`,
      DOCKER_CONFIG: directory,
      BUILDX_CONFIG: `${directory}/buildx`,
      // Nobody listens there: no engine that the machine may have takes a part.
      DOCKER_HOST: `unix://${directory}/no-engine.sock`,
      // buildx looks for credentials itself, where it sees type=s3.
      AWS_EC2_METADATA_DISABLED: "true",
    });
    const endpoint = `unix://${lab.directory}/buildkitd.sock`;
    const create = ["buildx", "create", "--name", BUILDER, "--driver", "remote", endpoint];
    await output(["docker", ...create], { env: buildx.#env });
    return buildx;
  }

  /** Runs `docker …` in the laboratory's directory. */
  async docker(args: string[]): Promise<Captured> {
    return await capture(["docker", ...args], { cwd: this.#directory, env: this.#env });
  }

  /**
   * Runs `s3cache exec -- docker …` in the laboratory's directory. The secret key must neither be
   * given to `docker` nor come out.
   *
   * @param args of `docker`
   * @returns what came out, and the arguments that `docker` got
   */
  async exec(args: string[]): Promise<Captured & { seen: string[] }> {
    const file = `${this.#directory}/docker/arguments`;
    await Deno.remove(file);
    const options = { cwd: this.#directory, env: this.#env };
    const captured = await capture([...cliCommand, "exec", "--", "docker", ...args], options);
    const seen = (await Deno.readTextFile(file)).split("\n").slice(0, -1);
    for (const text of [captured.text, ...seen]) {
      assertEquals(text.includes(SECRET_ACCESS_KEY), false, text);
    }
    return { ...captured, seen };
  }
}
