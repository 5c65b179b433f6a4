import { CacheConfigError } from "../../src/cacheconfig/errors.ts";
import { type ListedManifest, readManifests } from "../../src/manage/manifests.ts";
import { S3Client } from "../../src/s3/client.ts";
import { S3Error } from "../../src/s3/errors.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, testBucket } from "../transfer/bucket.ts";

const LAYOUT = { prefix: "", blobsPrefix: "blobs/", manifestsPrefix: "manifests/" };
const manifest = bucketFixture("web-max")["manifests/app"] as Uint8Array<ArrayBuffer>;

/** A client of the sources that are tested: its errors are not those of the built library. */
function clientOf({ fetch, clock }: Pick<ReturnType<typeof testBucket>, "fetch" | "clock">) {
  return new S3Client({
    bucket: "cache",
    region: "us-east-1",
    endpoint: "http://s3.test",
    pathStyle: true,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    fetch,
    clock,
  });
}

async function collect(manifests: AsyncIterable<ListedManifest>): Promise<ListedManifest[]> {
  const all = [];
  for await (const manifest of manifests) all.push(manifest);
  return all;
}

test("manifests come by name, the ones that cannot be read with their error", async () => {
  const bucket = testBucket();
  await bucket.client.put("manifests/b/deep", manifest);
  await bucket.client.put("manifests/a", "{");
  await bucket.client.put("manifests/c", manifest);
  await bucket.client.put("manifests/d", manifest);
  // What a console makes to show a folder is no manifest.
  await bucket.client.put("manifests/", "");
  bucket.intercept = (request) => {
    if (request.method !== "GET") return;
    if (request.url.endsWith("/manifests/c")) return new Response(null, { status: 403 });
    // Deleted since it was listed.
    if (request.url.endsWith("/manifests/d")) return new Response(null, { status: 404 });
  };
  const [a, b, c, ...others] = await collect(readManifests(clientOf(bucket), LAYOUT));
  assertEquals(others, []);
  assert(a!.error instanceof CacheConfigError);
  assertStringIncludes(a!.error.message, "manifests/a");
  assertEquals([b!.name, b!.key, b!.info.size], ["b/deep", "manifests/b/deep", manifest.length]);
  assertEquals(b!.config!.layers.length, 9);
  assertEquals(b!.etag, b!.info.etag);
  assert(c!.error instanceof S3Error && c!.error.status === 403);
});

test("blobs below the manifests' prefix are not taken for manifests", async () => {
  const bucket = testBucket();
  const layout = { prefix: "", blobsPrefix: "", manifestsPrefix: "" };
  await bucket.client.put("app", manifest);
  await bucket.client.put("sha256:" + "5".repeat(64), "a blob");
  assertEquals((await collect(readManifests(clientOf(bucket), layout))).map(({ name }) => name), [
    "app",
  ]);
});

test("only a few manifests are read ahead, in however many requests they come", async () => {
  const bucket = testBucket();
  for (let i = 10; i < 40; i++) await bucket.client.put(`manifests/${i}`, manifest);
  bucket.requests.length = 0;
  let taken = 0;
  for await (const { name } of readManifests(clientOf(bucket), LAYOUT, { parallelism: 3 })) {
    assertEquals(name, String(10 + taken++));
    const read = bucket.requests.filter(({ url }) => /manifests\/\d+$/.test(url)).length;
    assert(read <= taken + 3, `${read} manifests were read when ${taken} were asked for`);
  }
  assertEquals(taken, 30);
});

test("who stops early leaves no request behind", async () => {
  const bucket = testBucket();
  for (let i = 0; i < 10; i++) await bucket.client.put(`manifests/${i}`, manifest);
  bucket.requests.length = 0;
  for await (const { name } of readManifests(clientOf(bucket), LAYOUT)) if (name === "1") break;
  const sent = bucket.requests.length;
  assert(sent < 9);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(bucket.requests.length, sent);
});

test("what says nothing about the object ends the reading, and so does a signal", async () => {
  const bucket = testBucket();
  await bucket.client.put("manifests/a", manifest);
  const missing = testBucket({ buckets: ["other"] });
  const error = await assertRejects(
    () => collect(readManifests(clientOf(missing), LAYOUT)),
    S3Error,
  );
  assertEquals(error.code, "NoSuchBucket");
  const abort = new AbortController();
  bucket.intercept = ({ url }) => {
    if (url.endsWith("/manifests/a")) abort.abort(new Error("enough"));
    return undefined;
  };
  await assertRejects(
    () => collect(readManifests(clientOf(bucket), LAYOUT, { signal: abort.signal })),
    Error,
    "enough",
  );
});
