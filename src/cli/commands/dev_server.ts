/**
 * `s3cache dev-server`: an S3 of one's own.
 *
 * @module
 */
import {
  createFolderStorage,
  createMemoryStorage,
  createS3Server,
  type S3ServerOptions,
} from "../../devserver/mod.ts";
import { listen } from "../../runtime/listen.ts";
import { type Address, parseAddress } from "../address.ts";
import { collect } from "../common.ts";
import { type Command, Option } from "../deps.ts";
import type { Io } from "../io.ts";

interface DevServerOptions {
  listen: Address;
  dir?: string;
  bucket?: string[];
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  json?: boolean;
}

/** Adds the verb. */
export function addDevServer(program: Command, io: Io): void {
  program.command("dev-server")
    .description("run an S3 for trying out and for tests; it ends with Ctrl-C")
    .addOption(
      new Option("--listen <host:port>", "where; port 0 is a free one")
        .argParser(parseAddress).default({ hostname: "127.0.0.1", port: 9000 }, "127.0.0.1:9000"),
    )
    .option("--dir <dir>", "keep the buckets in a folder (default: in memory)")
    .option("--bucket <name>", "a bucket to make (default: cache); may be repeated", collect)
    .option("--region <region>", "the region that requests are signed for", "us-east-1")
    .option("--access-key-id <id>", "who may use it", "s3cache")
    .option("--secret-access-key <secret>", "and with which secret", "s3cache-secret")
    .option("--json", "print the address as a JSON document")
    .action((options: DevServerOptions) => runDevServer(options, io));
}

async function runDevServer(options: DevServerOptions, io: Io): Promise<void> {
  const { region, accessKeyId, secretAccessKey, bucket = ["cache"] } = options;
  const settings: S3ServerOptions = {
    credentials: { accessKeyId, secretAccessKey },
    region,
    buckets: bucket,
    storage: options.dir ? createFolderStorage(options.dir) : createMemoryStorage(),
  };
  const server = await listen(createS3Server(settings).fetch, options.listen);
  const attributes =
    `type=s3,region=${region},bucket=${bucket[0]},endpoint_url=${server.url},use_path_style=true,` +
    `access_key_id=${accessKeyId},secret_access_key=…`;
  io.stdout(
    options.json
      ? JSON.stringify({ url: server.url, buckets: bucket, region }) + "\n"
      : `S3 at ${server.url}, for ${attributes}\n`,
  );
  try {
    await new Promise((resolve) => io.signal.addEventListener("abort", resolve, { once: true }));
  } finally {
    await server.close();
  }
}
