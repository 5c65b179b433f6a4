/** The AWS SDK for Go, as a program of ours that is built when it is needed. */
import { output } from "../../../scripts/process.ts";
import { installOnce } from "../../../scripts/tools/store.ts";
import { sha256Hex } from "../../../src/digest.ts";

/** What the SDK makes of an environment. */
export interface SdkResult {
  region?: string;
  endpoint?: string;
  fips?: boolean;
  dualstack?: boolean;
  retryMode?: string;
  maxAttempts?: number;
  accessKeyId?: string;
  secretAccessKey?: string;
  sessionToken?: string;
  /** Why the configuration could not be loaded: then there is nothing else. */
  loadError?: string;
  /** Why there are no credentials. */
  credentialsError?: string;
}

/** Asks the SDK about environments, the files that they lead to included. */
export async function askSdk(environments: Record<string, string>[]): Promise<SdkResult[]> {
  const setups = environments.map((env) => ({ env }));
  const child = new Deno.Command(await build(), { stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(setups)));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("the program of the AWS SDK for Go failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function build(): Promise<string> {
  const source = new URL(".", import.meta.url).pathname;
  const sources = ["main.go", "go.mod", "go.sum"].map((name) => Deno.readTextFile(source + name));
  const version = (await sha256Hex((await Promise.all(sources)).join(""))).slice(0, 16);
  const directory = await installOnce(`credentials-${version}`, async (directory) => {
    const env = { GOFLAGS: "-buildvcs=false -mod=readonly", GOWORK: "off" };
    await output(["go", "build", "-o", `${directory}/credentials`, "."], { cwd: source, env });
  });
  return `${directory}/credentials`;
}
