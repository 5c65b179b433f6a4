/** `s3cache exec -- buildctl build`, with the BuildKit of a laboratory. */
import { capture, type Captured } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { cliCommand } from "../cli_command.ts";
import type { Lab } from "./lab.ts";

const DOCKERFILES = new URL("dockerfiles", import.meta.url).pathname;

/** What to run. */
export interface ExecBuild {
  /** The name of a file in dockerfiles/, without `.Dockerfile`. */
  dockerfile: string;
  /** The directory of the context. */
  context: string;
  /** The directory that gets the files of the image. */
  output: string;
  /** The cache flags of buildctl. */
  flags: string[];
  /** Options of `exec`. */
  options?: string[];
}

/**
 * Builds by way of the gateway.
 *
 * @param lab whose BuildKit builds
 * @param build what
 * @returns what came out, with a log of the kind `rawjson`
 */
export async function execBuildctl(lab: Lab, build: ExecBuild): Promise<Captured> {
  const { dockerfile, context, output, flags, options = [] } = build;
  return await capture([
    ...cliCommand,
    ...["exec", ...options, "--"],
    await tool("buildctl"),
    ...["--addr", `unix://${lab.directory}/buildkitd.sock`],
    ...["build", "--progress=rawjson", "--frontend=dockerfile.v0"],
    ...["--local", `context=${context}`, "--local", `dockerfile=${DOCKERFILES}`],
    ...["--opt", `filename=${dockerfile}.Dockerfile`, "--output", `type=local,dest=${output}`],
    ...flags,
  ]);
}
