/** The command in this process, against an embedded S3 on a socket. */
import { createS3Server } from "../../src/devserver/mod.ts";
import { run } from "../../src/cli/program.ts";
import { listen } from "../../src/runtime/listen.ts";

/** What a run of the command came to. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs the command. */
export async function cli(
  argv: string[],
  env: Record<string, string> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const outcome: Outcome = { status: -1, stdout: "", stderr: "" };
  outcome.status = await run(argv, {
    env,
    stdout: (text) => void (outcome.stdout += text),
    stderr: (text) => void (outcome.stderr += text),
    isTerminal: false,
    takeSignals: () => () => {},
    signal,
  });
  return outcome;
}

/** The secret of the server, which no output may show. */
export const SECRET = "canary-secret-4711";

/** Runs a function with the attributes of a bucket on a server of its own. */
export async function withServer(
  fn: (attributes: string, url: string) => Promise<void>,
): Promise<void> {
  const { fetch } = createS3Server({
    credentials: { accessKeyId: "AKIA", secretAccessKey: SECRET },
    buckets: ["cache"],
  });
  const server = await listen(fetch);
  try {
    await fn(
      `type=s3,region=us-east-1,bucket=cache,name=app,endpoint_url=${server.url},` +
        `use_path_style=true,access_key_id=AKIA,secret_access_key=${SECRET}`,
      server.url,
    );
  } finally {
    await server.close();
  }
}
