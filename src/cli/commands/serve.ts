/**
 * `s3cache serve`: the caches of a bucket as a registry, for builders that know no `type=s3`.
 *
 * @module
 */
import type { RegistryAuth } from "../../registry/auth.ts";
import { createRegistry } from "../../registry/registry.ts";
import { readFile } from "../../runtime/files.ts";
import { listen } from "../../runtime/listen.ts";
import { type Address, parseAddress } from "../address.ts";
import { readAttributes, warn } from "../common.ts";
import { type Command, InvalidArgumentError, Option } from "../deps.ts";
import { createFront } from "../gateway/front.ts";
import { Metrics } from "../gateway/metrics.ts";
import type { Observation } from "../gateway/observe.ts";
import type { Io } from "../io.ts";
import { isLoopback } from "../loopback.ts";

interface ServeOptions {
  cache: string;
  listen: Address;
  readOnly?: boolean;
  redirect?: boolean;
  tokenFile?: string;
  loginFile?: string;
  cert?: string;
  key?: string;
  maxBlob?: number;
  json?: boolean;
  quiet?: boolean;
}

/** Adds the verb. */
export function addServe(program: Command, io: Io): void {
  program.command("serve")
    .description("serve the caches of a bucket to type=registry builders; it ends with Ctrl-C")
    .requiredOption(
      "--cache <attrs>",
      "the bucket: type=s3,bucket=…,region=…; names in it play no part",
    )
    .addOption(
      new Option("--listen <host:port>", "where; port 0 is a free one")
        .argParser(parseAddress).default({ hostname: "127.0.0.1", port: 5000 }, "127.0.0.1:5000"),
    )
    .option("--read-only", "refuse pushes, and write nothing to the bucket")
    .option("--redirect", "send builders to the bucket for blobs, by presigned URLs")
    .option("--token-file <file>", "holds a token: a bearer's, or any user's password")
    .option("--login-file <file>", "holds USER:PASSWORD")
    .option("--cert <file>", "certificate chain in PEM, to speak TLS")
    .option("--key <file>", "its key in PEM")
    .addOption(
      new Option("--max-blob <bytes>", "refuse larger blobs (default: what S3 can store)")
        .argParser(parseBytes),
    )
    .option("--json", "print the address, and then each request, as a JSON document on a line")
    .option("-q, --quiet", "print no requests; warnings remain")
    .addHelpText(
      "after",
      "\nInstead of --token-file the token may be in the variable S3CACHE_TOKEN.",
    )
    .action((options: ServeOptions) => runServe(options, io));
}

async function runServe(options: ServeOptions, io: Io): Promise<void> {
  const { readOnly, redirect, maxBlob: maxBlobSize } = options;
  const auth = await readAuth(options, io);
  if (!auth && !isLoopback(options.listen.hostname)) {
    throw new Error(
      `--listen ${options.listen.hostname}: others could reach it; set --token-file or --login-file`,
    );
  }
  const cache = await readAttributes(options.cache, "export", "--cache", io);
  const onWarning = (message: string) => warn(io, message);
  const registry = createRegistry({ cache, auth, readOnly, redirect, maxBlobSize, onWarning });
  const handler = createFront(registry, {
    metrics: new Metrics(),
    isLocal: !auth,
    onDone: (observation) => logRequest(observation, options, io),
    // The registry knows who may see what: its root is there for nothing else.
    async authorize({ url, headers }) {
      const answer = await registry(new Request(new URL("/v2/", url), { headers }));
      return answer.status === 200 ? undefined : answer;
    },
  });
  const [cert, key] = await Promise.all([readText(options.cert), readText(options.key)]);
  const server = await listen(handler, { ...options.listen, cert, key });
  const what = `${cache.bucket}${cache.prefix && `/${cache.prefix}`}`;
  io.stdout(
    options.json
      ? JSON.stringify({ url: server.url, bucket: cache.bucket, prefix: cache.prefix }) + "\n"
      : `registry at ${server.url} over the caches in ${what}\n`,
  );
  try {
    if (!io.signal.aborted) {
      await new Promise((resolve) => io.signal.addEventListener("abort", resolve, { once: true }));
    }
  } finally {
    await server.close();
  }
}

async function readAuth(
  { tokenFile, loginFile }: ServeOptions,
  { env }: Io,
): Promise<RegistryAuth | undefined> {
  if (tokenFile !== undefined && loginFile !== undefined) {
    throw new Error("--token-file and --login-file: expected one of them");
  }
  if (loginFile !== undefined) {
    const [, username, password] = (await readText(loginFile))!.match(/^([^:]+):(.+)\s*$/) ?? [];
    if (!username || !password) throw new Error(`${loginFile}: expected USER:PASSWORD`);
    return { username, password };
  }
  const token = tokenFile === undefined ? env.S3CACHE_TOKEN : (await readText(tokenFile))!.trim();
  if (token === "") throw new Error(`${tokenFile ?? "S3CACHE_TOKEN"}: expected a token`);
  return token === undefined ? undefined : { token };
}

async function readText(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : new TextDecoder().decode(await readFile(path));
}

/** No query and no header is logged: they may hold secrets. */
function logRequest(observation: Observation, { json, quiet }: ServeOptions, io: Io): void {
  if (quiet) return;
  const time = new Date().toISOString();
  if (json) return io.stdout(JSON.stringify({ time, ...observation }) + "\n");
  const { method, path, status, received, sent, milliseconds, cut } = observation;
  io.stderr(
    `${time} ${method} ${path} ${status} in=${received} out=${sent} ` +
      `${milliseconds.toFixed(0)} ms${cut ? " cut" : ""}\n`,
  );
}

function parseBytes(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("expected a number of bytes");
  return Number(text);
}
