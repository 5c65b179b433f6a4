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

test("a blob above 5 GiB is touched by parts, and keeps what it was", async () => {
  const bucket = testBucket();
  const size = 5 * 1024 ** 3 + 1;
  const { config } = localFixture("web-min");
  const [layer] = structuredClone(config.layers.filter(({ parent }) => parent === -1));
  layer!.annotations!.size = size;
  const key = `blobs/${layer!.blob}`;
  let touched = false;
  const ranges: (string | null)[] = [];
  let created: Headers | undefined;
  const xml = (text: string) => new Response(text);
  bucket.intercept = ({ method, url, headers }) => {
    if (method === "HEAD") {
      return new Response(null, {
        headers: {
          "content-length": String(size),
          "last-modified": `Thu, 01 Jan 2026 0${touched ? 1 : 0}:00:00 GMT`,
          etag: '"big"',
          "x-amz-storage-class": "STANDARD_IA",
          "x-amz-meta-team": "ci",
        },
      });
    }
    if (url.endsWith("?uploads=")) {
      created = headers;
      return xml(
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
      );
    }
    if (headers.has("x-amz-copy-source-range")) {
      ranges.push(headers.get("x-amz-copy-source-range"));
      assertEquals(headers.get("x-amz-copy-source-if-match"), '"big"');
      return xml("<CopyPartResult><ETag>part</ETag></CopyPartResult>");
    }
    if (url.includes("uploadId=u")) {
      touched = true;
      return xml("<CompleteMultipartUploadResult><ETag>new</ETag></CompleteMultipartUploadResult>");
    }
    return undefined;
  };
  bucket.advance(25);
  const large = { config: { layers: [layer!], records: [] }, openBlob: source().openBlob };
  const report = await exportCache(large, bucket.options(), bucket);
  assertEquals([report.blobs.touched, report.blobs.transferred], [1, 0]);
  assertEquals(ranges.length, 6);
  assert(ranges.includes(`bytes=${5 * 1024 ** 3}-${size - 1}`), ranges.join());
  assertEquals(created!.get("x-amz-storage-class"), "STANDARD_IA");
  assertEquals(created!.get("x-amz-meta-team"), "ci");
  assert(bucket.requests.every(({ method, url }) => method !== "PUT" || !url.endsWith(key)));
});
