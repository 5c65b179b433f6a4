import { copyCache, exportCache, IntegrityError, type S3Client } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, localFixture, testBucket } from "../transfer/bucket.ts";

async function twoBuckets() {
  const bucket = testBucket({ buckets: ["cache", "other"] });
  for (const name of ["web-max", "mount-max"]) {
    await exportCache(localFixture(name), bucket.options({ names: [name] }), bucket);
  }
  bucket.requests.length = 0;
  return bucket;
}

async function objectsOf(client: S3Client, prefix: string): Promise<Record<string, Uint8Array>> {
  const objects: Record<string, Uint8Array> = {};
  for await (const { key } of client.list({ prefix })) {
    objects[key.slice(prefix.length)] = await (await client.get(key)).bytes();
  }
  return objects;
}

const fixture = (name: string) =>
  Object.fromEntries(
    Object.entries(bucketFixture(name)).map((
      [key, bytes],
    ) => [key.replace("manifests/app", `manifests/${name}`), bytes]),
  );
const writes = (bucket: ReturnType<typeof testBucket>) =>
  bucket.requests.filter(({ method }) => method === "PUT").map((request) => ({
    path: new URL(request.url).pathname,
    copied: request.headers.has("x-amz-copy-source"),
  }));

test("one service copies by itself, blobs first, and gives the same bytes", async () => {
  const bucket = await twoBuckets();
  const [report] = await copyCache(
    bucket.options({ names: ["web-max"] }),
    bucket.options({ bucket: "other", prefix: "team/" }),
    bucket,
  );
  assertEquals([report!.names, report!.blobs.transferred, report!.requests.COPY], [
    ["web-max"],
    8,
    8,
  ]);
  const put = writes(bucket);
  assertEquals(put.map(({ copied }) => copied), [...Array(8).fill(true), false]);
  assert(put.every(({ path }) => path.startsWith("/other/team/")));
  assertEquals(put.at(-1)!.path, "/other/team/manifests/web-max");
  // A request for each blob, and none to ask for it.
  assertEquals(bucket.requests.filter(({ url }) => url.includes("blobs/sha256%3A")).length, 8);
  const [again] = await copyCache(
    bucket.options({ bucket: "other", prefix: "team/", names: ["web-max"] }),
    bucket.options({ prefix: "back/" }),
    bucket,
  );
  assertEquals(again!.blobs.transferred, 8);
  assertEquals(await objectsOf(bucket.client, "back/"), fixture("web-max"));
});

test("between two services the bytes pass through, verified", async () => {
  const from = await twoBuckets();
  const to = testBucket();
  const settings = {
    ...from,
    fetch: (input: string | URL | Request, init?: RequestInit) =>
      new URL(String(input)).host === "there.test"
        ? to.fetch(input, init)
        : from.fetch(input, init),
  };
  const target = to.options({ endpointUrl: "http://there.test" });
  const copy = (name: string) => copyCache(from.options({ names: [name] }), target, settings);
  const [report] = await copy("web-max");
  assertEquals([report!.requests.COPY, report!.blobs.transferred], [0, 8]);
  assertEquals(await objectsOf(to.client, ""), fixture("web-max"));
  // Bytes that are not what their digest says do not arrive.
  const { blob } = localFixture("mount-max").config.layers[0]!;
  const { size } = (await from.client.head(`blobs/${blob}`))!;
  await from.client.put(`blobs/${blob}`, new Uint8Array(size));
  await assertRejects(() => copy("mount-max"), IntegrityError, blob);
  assertEquals(await objectsOf(to.client, "manifests/").then(Object.keys), ["web-max"]);
});

test("a server that will not copy is not asked again, and the bytes pass through", async () => {
  const bucket = await twoBuckets();
  let refused = 0;
  bucket.intercept = ({ headers }) => {
    if (!headers.has("x-amz-copy-source")) return undefined;
    refused++;
    return new Response("<Error><Code>AccessDenied</Code></Error>", { status: 403 });
  };
  const [report] = await copyCache(
    bucket.options({ names: ["web-max"] }),
    bucket.options({ bucket: "other", uploadParallelism: 1 }),
    bucket,
  );
  assertEquals([refused, report!.blobs.transferred], [1, 8]);
  assertEquals(writes(bucket).filter(({ copied }) => !copied).length, 9);
});

test("only what is missing is copied, and what is old is touched", async () => {
  const bucket = await twoBuckets();
  const from = bucket.options({ names: ["web-max"] });
  const to = bucket.options({ bucket: "other" });
  await copyCache(from, to, bucket);
  const [same] = await copyCache(from, to, bucket);
  assertEquals(same!.blobs, { total: 8, transferred: 0, reused: 8, touched: 0, missing: 0 });
  bucket.advance(30);
  const [old] = await copyCache(from, to, bucket);
  assertEquals(old!.blobs, { total: 8, transferred: 0, reused: 0, touched: 8, missing: 0 });
});

test("a cache that is not there, one that has lost a blob, and a copy onto itself are refused", async () => {
  const bucket = await twoBuckets();
  const to = bucket.options({ bucket: "other" });
  const copy = (...names: string[]) => copyCache(bucket.options({ names }), to, bucket);
  await assertRejects(() => copy("web-max", "absent"), RangeError, "no cache named absent");
  const { blob } = localFixture("web-max").config.layers[0]!;
  await bucket.client.delete(`blobs/${blob}`);
  await assertRejects(() => copy("web-max"), IntegrityError, "1 blobs are missing");
  assertEquals(writes(bucket), []);
  await assertRejects(
    () => copyCache(bucket.options(), bucket.options({ names: ["b"] }), bucket),
    TypeError,
    "there already",
  );
});
