import { S3Client } from "s3cache";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";
import { cli } from "./run.ts";
import { run } from "../../src/cli/program.ts";

/** Starts the server, runs a function with its URL, and interrupts it. */
async function withDevServer(
  argv: string[],
  fn: (url: string) => Promise<void>,
): Promise<{ status: number; stdout: string }> {
  const abort = new AbortController();
  let stdout = "";
  let ready: (url: string) => void;
  const url = new Promise<string>((resolve) => ready = resolve);
  const status = run(["dev-server", "--listen", "127.0.0.1:0", ...argv], {
    env: {},
    stdout(text) {
      stdout += text;
      ready(text.match(/http:[^\s,"]+/)![0]);
    },
    stderr: () => {},
    isTerminal: false,
    takeSignals: () => () => {},
    signal: abort.signal,
  });
  try {
    await fn(await url);
  } finally {
    abort.abort();
  }
  return { status: await status, stdout };
}

const client = (endpoint: string, secretAccessKey = "s3cache-secret", bucket = "cache") =>
  new S3Client({
    bucket,
    region: "us-east-1",
    endpoint,
    pathStyle: true,
    credentials: { accessKeyId: "s3cache", secretAccessKey },
  });

test("a server in memory: says where it is, checks signatures, ends cleanly", async () => {
  const { status, stdout } = await withDevServer([], async (url) => {
    await client(url).put("k", "v");
    assertEquals(await (await client(url).get("k")).text(), "v");
    const error = await client(url, "wrong").get("k").catch((error) => error);
    assertEquals(error.code, "SignatureDoesNotMatch");
  });
  assertEquals(status, 0);
  assertMatch(stdout, /^S3 at http:\/\/127\.0\.0\.1:\d+, for type=s3,/);
});

test("a folder keeps its objects", () =>
  withDirectory(async (dir) => {
    const argv = ["--dir", dir, "--bucket", "one", "--json"];
    await withDevServer(argv, async (url) => {
      await client(url, undefined, "one").put("a/b", "kept");
    });
    const { stdout } = await withDevServer(argv, async (url) => {
      assertEquals(await (await client(url, undefined, "one").get("a/b")).text(), "kept");
    });
    assertEquals(JSON.parse(stdout).buckets, ["one"]);
  }));

test("an address that is none is refused", async () => {
  for (const address of ["9000", "localhost", "127.0.0.1:99999", "::1:9000"]) {
    const out = await cli(["dev-server", "--listen", address]);
    assertEquals(out.status, 2);
    assertStringIncludes(out.stderr, "HOST:PORT");
  }
});
