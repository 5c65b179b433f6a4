import { request as httpsRequest } from "node:https";
import { run } from "../../src/cli/program.ts";
import { bucketFixture } from "../transfer/bucket.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { writeFileAtomic } from "../../src/runtime/atomic_file.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "../servers/certificate.ts";
import { withDirectory, writeFiles } from "../temporary_directory.ts";
import { cli, SECRET, withServer } from "./run.ts";
import { parseAttributes, S3Client } from "s3cache";

/** Runs the gateway over a bucket that BuildKit wrote, and a function with its URL. */
async function withGateway(
  argv: string[],
  fn: (url: string, bucket: S3Client) => Promise<void>,
  env: Record<string, string> = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const outcome = { status: -1, stdout: "", stderr: "" };
  await withServer(async (attributes) => {
    const { bucket, region, endpointUrl, usePathStyle, credentials } = parseAttributes(attributes, {
      direction: "import",
    });
    const client = new S3Client({
      bucket,
      region,
      endpoint: endpointUrl,
      pathStyle: usePathStyle,
      credentials: credentials as { accessKeyId: string; secretAccessKey: string },
    });
    for (const [key, bytes] of Object.entries(bucketFixture("web-max"))) {
      await client.put(key, new Uint8Array(bytes));
    }
    const abort = new AbortController();
    let ready: (url: string) => void;
    const url = new Promise<string>((resolve) => ready = resolve);
    const done = run(["serve", "--cache", attributes, "--listen", "127.0.0.1:0", ...argv], {
      env,
      stdout(text) {
        outcome.stdout += text;
        ready(text.match(/https?:[^\s,"]+/)?.[0] ?? "");
      },
      stderr: (text) => void (outcome.stderr += text),
      isTerminal: false,
      takeSignals: () => () => {},
      signal: abort.signal,
    });
    try {
      await fn(await Promise.race([url, done.then((status) => `ended with ${status}`)]), client);
    } finally {
      abort.abort();
      outcome.status = await done;
    }
  });
  return outcome;
}

test("serves a cache over a socket, logs it without secrets, ends cleanly", async () => {
  const outcome = await withGateway([], async (url, bucket) => {
    assertEquals(await (await fetch(`${url}/healthz`)).text(), "ok\n");
    const head = await fetch(`${url}/v2/app/manifests/latest`, { method: "HEAD" });
    const digest = head.headers.get("docker-content-digest")!;
    const answer = await fetch(`${url}/v2/app/manifests/${digest}?token=canary`);
    const body = await answer.arrayBuffer();
    assertEquals(head.headers.get("content-length"), String(body.byteLength));
    const { layers } = JSON.parse(new TextDecoder().decode(body));
    const layer = await fetch(`${url}/v2/app/blobs/${layers[0].digest}`);
    const stored = await (await bucket.get(`blobs/${layers[0].digest}`)).bytes();
    assertEquals(new Uint8Array(await layer.arrayBuffer()), stored);

    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    const begun = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" });
    const location = new URL(begun.headers.get("location")!, url);
    const patched = await fetch(location, { method: "PATCH", body: bytes });
    assertEquals([patched.status, patched.headers.get("range")], [202, "0-59999"]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    assertStringIncludes(metrics, "s3cache_received_bytes_total 60000\n");
  });
  assertEquals(outcome.status, 0);
  assertStringIncludes(outcome.stderr, "HEAD /v2/app/manifests/latest 200 in=0 out=0 ");
  assertStringIncludes(outcome.stderr, " 202 in=60000 out=0 ");
  for (const secret of [SECRET, "canary"]) assert(!outcome.stderr.includes(secret));
});

test("a token or a login is asked for, from a file or the environment", () =>
  withDirectory(async (dir) => {
    await writeFileAtomic(`${dir}/token`, new TextEncoder().encode("t0ken\n"));
    await writeFileAtomic(`${dir}/login`, new TextEncoder().encode("ci:pass:word\n"));
    for (
      const [argv, env, authorization] of [
        [["--token-file", `${dir}/token`], {}, "Bearer t0ken"],
        [[], { S3CACHE_TOKEN: "t0ken" }, "Bearer t0ken"],
        [["--login-file", `${dir}/login`], {}, `Basic ${btoa("ci:pass:word")}`],
      ] as const
    ) {
      const { stderr } = await withGateway([...argv], async (url) => {
        for (const path of ["/v2/", "/metrics"]) {
          const refused = await fetch(url + path);
          await refused.body?.cancel();
          assertEquals(refused.status, 401);
          const answer = await fetch(url + path, { headers: { authorization } });
          await answer.body?.cancel();
          assertEquals(answer.status, 200);
        }
      }, env);
      assert(!stderr.includes("t0ken") && !stderr.includes("word"), stderr);
    }
  }));

test("--read-only and --json", async () => {
  const outcome = await withGateway(["--read-only", "--json"], async (url) => {
    const answer = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" });
    assertEquals([answer.status, (await answer.json()).errors[0].code], [403, "DENIED"]);
  });
  const [first, second] = outcome.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([first.bucket, first.prefix], ["cache", ""]);
  assertEquals([second.method, second.status, second.resource], ["POST", 403, "uploads"]);
});

test("--max-blob refuses larger blobs", async () => {
  await withGateway(["--max-blob", "1000"], async (url) => {
    const push = async (size: number) => {
      const begun = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST" });
      const location = new URL(begun.headers.get("location")!, url);
      const answer = await fetch(location, { method: "PATCH", body: new Uint8Array(size) });
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals([await push(1000), await push(1001)], [202, 413]);
  });
});

test("others are not served without a secret; half of a pair is refused", async () => {
  const serve = ["serve", "--cache", "type=s3,bucket=cache,region=us-east-1"];
  for (
    const [argv, message] of [
      [["--listen", "0.0.0.0:0"], "others could reach it"],
      [["--listen", "[::]:0"], "others could reach it"],
      [["--listen", "127.0.0.1:0", "--cert", "deno.json"], "TLS needs both"],
      [["--token-file", "a", "--login-file", "b"], "expected one of them"],
    ] as const
  ) {
    const { status, stderr } = await cli([...serve, ...argv]);
    assertEquals(status, 1, stderr);
    assertStringIncludes(stderr, message);
  }
  assertEquals((await cli([...serve, "--listen", "nowhere"])).status, 2);
  assertEquals((await cli(["serve", "--cache", "type=local,src=x"])).status, 2);
});

test("--cert and --key: the registry speaks TLS", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { "cert.pem": CERTIFICATE, "key.pem": CERTIFICATE_KEY });
    await withGateway(["--cert", `${dir}/cert.pem`, "--key", `${dir}/key.pem`], async (url) => {
      assert(url.startsWith("https://127.0.0.1:"), url);
      const status = await new Promise((resolve, reject) => {
        const options = { ca: CERTIFICATE };
        const request = httpsRequest(`${url}/v2/app/manifests/latest`, options, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        request.on("error", reject);
        request.end();
      });
      assertEquals(status, 200);
    });
  }));
