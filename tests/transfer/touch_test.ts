import { exportCache } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { localFixture, testBucket } from "./bucket.ts";

const source = () => localFixture("web-min");
const keys = source().config.layers.map(({ blob }) => `blobs/${blob}`);

async function exported() {
  const bucket = testBucket();
  await exportCache(source(), bucket.options(), bucket);
  return bucket;
}

test("a blob older than touch_refresh is touched, a younger one is not", async () => {
  const bucket = await exported();
  bucket.advance(23);
  assertEquals((await exportCache(source(), bucket.options(), bucket)).blobs.reused, 2);
  bucket.advance(2);
  const before = (await bucket.client.head(keys[0]!))!.lastModified;
  const report = await exportCache(source(), bucket.options(), bucket);
  assertEquals([report.blobs.touched, report.blobs.transferred], [2, 0]);
  for (const key of keys) assert((await bucket.client.head(key))!.lastModified > before);
});

test("zero and less touch always", async () => {
  for (const touchRefreshMs of [0, -1000]) {
    const bucket = await exported();
    bucket.advance(0.001);
    const report = await exportCache(source(), bucket.options({ touchRefreshMs }), bucket);
    assertEquals(report.blobs.touched, 2);
  }
});

test("a touch keeps what a bare copy would reset", async () => {
  const bucket = await exported();
  const kept = {
    contentType: "application/x-layer",
    cacheControl: "no-store",
    storageClass: "STANDARD_IA",
    sse: "AES256",
  };
  const bytes = await (await bucket.client.get(keys[0]!)).bytes();
  await bucket.client.put(keys[0]!, bytes, { ...kept, metadata: { team: "ci" } });
  bucket.advance(25);
  await exportCache(source(), bucket.options(), bucket);
  const { metadata, ...info } = (await bucket.client.head(keys[0]!))!;
  for (const [name, value] of Object.entries(kept)) {
    assertEquals(info[name as keyof typeof kept], value);
  }
  assertEquals(metadata!.team, "ci");
  assert(metadata!["updated-at"]!.startsWith("2026-01-02T01:00"));
});

test("a touch applies what the options say of ACL and storage class", async () => {
  const bucket = await exported();
  bucket.advance(25);
  const options = bucket.options({ acl: "bucket-owner-full-control", storageClass: "GLACIER_IR" });
  await exportCache(source(), options, bucket);
  const copies = bucket.requests.filter(({ headers }) => headers.has("x-amz-copy-source"));
  assertEquals(copies.length, 2);
  for (const { headers } of copies) {
    assertEquals(headers.get("x-amz-acl"), "bucket-owner-full-control");
    assertEquals(headers.get("x-amz-storage-class"), "GLACIER_IR");
  }
});

test("where a copy does not move LastModified, blobs are uploaded again, and no more copied", async () => {
  const bucket = await exported();
  bucket.advance(25);
  bucket.intercept = (request) =>
    request.headers.has("x-amz-copy-source")
      ? new Response(
        "<CopyObjectResult><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>x</ETag></CopyObjectResult>",
      )
      : undefined;
  const before = (await bucket.client.head(keys[0]!))!.lastModified;
  const options = bucket.options({ uploadParallelism: 1 });
  const report = await exportCache(source(), options, bucket);
  assertEquals([report.blobs.touched, report.blobs.transferred], [0, 2]);
  assertEquals(report.requests.COPY, 1);
  for (const key of keys) assert((await bucket.client.head(key))!.lastModified > before);
});

test("a copy that is refused does not lose the export", async () => {
  const bucket = await exported();
  bucket.advance(25);
  bucket.intercept = (request) =>
    request.headers.has("x-amz-copy-source")
      ? new Response("<Error><Code>AccessDenied</Code></Error>", { status: 403 })
      : undefined;
  const report = await exportCache(source(), bucket.options(), bucket);
  assertEquals([report.blobs.touched, report.blobs.transferred], [0, 2]);
});
