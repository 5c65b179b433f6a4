import { S3Client } from "s3cache";
import worker from "../../examples/worker_cron/worker.ts";
import { createS3Server } from "../../src/devserver/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { manifestOf } from "../manage/prune_lab.ts";
import { inProcessFetch } from "../servers/in_process.ts";

const DAY = 86_400_000;
const CACHE = "type=s3,bucket=cache,region=us-east-1,endpoint_url=http://s3.test," +
  "use_path_style=true,access_key_id=AKIA,secret_access_key=secret";

/** Runs with a server in place of the network, on which nothing has happened for some days. */
async function withServer(
  fn: (client: S3Client, wait: (days: number) => void) => Promise<void>,
): Promise<void> {
  let now = Date.now() - 100 * DAY;
  const server = createS3Server({
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    buckets: ["cache"],
    clock: () => now,
  });
  const network = globalThis.fetch;
  globalThis.fetch = inProcessFetch((request) => server.fetch(request));
  try {
    const client = new S3Client({
      bucket: "cache",
      region: "us-east-1",
      endpoint: "http://s3.test",
      pathStyle: true,
      credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
      clock: () => now,
    });
    await fn(client, (days) => void (now += days * DAY));
  } finally {
    globalThis.fetch = network;
  }
}

test("examples/worker_cron: old caches go at once, their blobs in the second phase", () =>
  withServer(async (client, wait) => {
    const blob = `blobs/sha256:${"5".repeat(64)}`;
    await client.put(blob, "unreferenced");
    await client.put("manifests/old", await manifestOf(["a"]));
    await client.put("manifests/main", await manifestOf(["b"]));
    wait(30);
    await client.put("manifests/young", await manifestOf(["c"]));
    await worker.scheduled({}, { CACHE });
    assertEquals(await client.head("manifests/old"), undefined);
    assert(await client.head("manifests/main") && await client.head("manifests/young"));
    assert(await client.head(blob));
    wait(3);
    await worker.scheduled({}, { CACHE });
    assertEquals(await client.head(blob), undefined);
  }));

test("examples/worker_cron: a run that is refused fails", () =>
  withServer(async () => {
    await assertRejects(() => worker.scheduled({}, { CACHE }), Error, "no manifest");
  }));
