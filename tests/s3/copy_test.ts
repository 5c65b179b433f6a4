import { S3Error } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { s3Error, scripted, type Sent } from "./scripted.ts";

const GIB = 1024 ** 3;
const LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";

/** A server that has a source of some size, and answers whatever a copy needs. */
function serverWith(size: number) {
  return (request: Sent): Response => {
    const { method, url, headers } = request;
    const query = url.searchParams;
    if (method === "HEAD") {
      return new Response(null, {
        headers: {
          "content-length": String(size),
          "content-type": "text/x-source",
          "x-amz-meta-a": "b",
          "x-amz-storage-class": "GLACIER",
          "x-amz-server-side-encryption": "aws:kms",
          "x-amz-server-side-encryption-aws-kms-key-id": "source-key",
          "last-modified": LAST_MODIFIED,
          etag: '"source"',
        },
      });
    }
    if (query.has("uploads")) {
      return new Response(
        "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
      );
    }
    if (query.has("partNumber")) {
      const etag = `<ETag>"p${query.get("partNumber")}"</ETag>`;
      return new Response(`<CopyPartResult>${etag}</CopyPartResult>`);
    }
    if (method === "POST") {
      return new Response(
        '<CompleteMultipartUploadResult><ETag>"parts-2"</ETag></CompleteMultipartUploadResult>',
      );
    }
    assert(headers.has("x-amz-copy-source"), `${method} ${url}`);
    return new Response('<CopyObjectResult><ETag>"whole"</ETag></CopyObjectResult>');
  };
}

test("5 GiB are copied in one request, and a byte more in parts", async () => {
  const fits = scripted([serverWith(5 * GIB)]);
  assertEquals(await fits.client.copy("a", "b"), { etag: '"whole"' });
  assertEquals(fits.sent.map(({ method }) => method), ["HEAD", "PUT"]);
  const larger = scripted([serverWith(5 * GIB + 1)]);
  assertEquals(await larger.client.copy("a", "b"), { etag: '"parts-2"' });
  const ranges = larger.sent.flatMap(({ headers }) => headers.get("x-amz-copy-source-range") ?? []);
  assertEquals(
    ranges.toSorted(),
    [
      ...[0, 1, 2, 3, 4].map((index) => `bytes=${index * GIB}-${(index + 1) * GIB - 1}`),
      `bytes=${5 * GIB}-${5 * GIB}`,
    ].toSorted(),
  );
});

test("a copy's parts are of a size that S3 takes, and not more than 10,000", async () => {
  for (
    const options of [{ partSize: 0 }, { partSize: NaN }, { partSize: 1.5 }, { parallelism: 0 }]
  ) {
    const { client } = scripted([serverWith(6 * GIB)]);
    await assertRejects(() => client.copy("a", "b", options), TypeError);
  }
  const { client, sent } = scripted([serverWith(60 * GIB)]);
  await client.copy("a", "b", { partSize: 5 * 1024 ** 2, parallelism: 16 });
  const parts = sent.filter(({ url }) => url.searchParams.has("partNumber"));
  assert(parts.length <= 10_000, `${parts.length} parts`);
});

test("copies from another bucket share what is learned of it", async () => {
  const { client, sent } = scripted([
    s3Error(403, "RequestTimeTooSkewed", "", { date: "Thu, 01 Jan 2026 02:00:00 GMT" }),
    serverWith(1),
  ], { pathStyle: true });
  const copy = () => client.copy("a", "b", { sourceBucket: "other" });
  await copy();
  const first = sent.length;
  await copy();
  assertEquals(sent.length - first, 2);
});

test("a copy in parts is of one version of the source, with its headers", async () => {
  const { client, sent } = scripted([serverWith(7 * GIB)]);
  await client.copy("a", "b", { partSize: 5 * GIB, storageClass: "STANDARD_IA" });
  const create = sent.find(({ url }) => url.searchParams.has("uploads"))!;
  assertEquals(
    ["content-type", "x-amz-meta-a", "x-amz-storage-class"].map((name) => create.headers.get(name)),
    ["text/x-source", "b", "STANDARD_IA"],
  );
  // How the source is kept is not how the copy is to be kept.
  assertEquals(create.headers.get("x-amz-server-side-encryption"), null);
  assertEquals(create.headers.get("x-amz-server-side-encryption-aws-kms-key-id"), null);
  const parts = sent.filter(({ url }) => url.searchParams.has("partNumber"));
  assertEquals(parts.length, 2);
  for (const { headers } of parts) {
    assertEquals(headers.get("x-amz-copy-source-if-match"), '"source"');
  }
});

test("a copy in parts that is to have headers of its own does not take the source's", async () => {
  const { client, sent } = scripted([serverWith(6 * GIB)]);
  await client.copy("a", "b", { metadataDirective: "REPLACE", metadata: { c: "d" } });
  const create = sent.find(({ url }) => url.searchParams.has("uploads"))!;
  assertEquals(
    ["content-type", "x-amz-meta-a", "x-amz-meta-c"].map((name) => create.headers.get(name)),
    [null, null, "d"],
  );
});

test("the source is encoded, and may be in another bucket", async () => {
  const { client, sent } = scripted([serverWith(1)]);
  await client.copy("a b+/%2F é", "to", { sourceBucket: "other" });
  assertEquals(sent[0]!.url.pathname, "/other/a%20b%2B/%252F%20%C3%A9");
  assertEquals(sent[1]!.headers.get("x-amz-copy-source"), "/other/a%20b%2B/%252F%20%C3%A9");
});

test("what is known of the source is not asked for", async () => {
  const { client, sent } = scripted([serverWith(1)]);
  const source = { key: "a", size: 1, etag: '"source"', lastModified: new Date(LAST_MODIFIED) };
  await client.copy("a", "b", { source, sourceIfMatch: source.etag });
  assertEquals(sent.map(({ method }) => method), ["PUT"]);
  assertEquals(sent[0]!.headers.get("x-amz-copy-source-if-match"), '"source"');
});

test("a copy that fails after its 200 is retried", async () => {
  const { client, sent, slept } = scripted([
    serverWith(1),
    s3Error(200, "InternalError"),
    serverWith(1),
  ]);
  assertEquals(await client.copy("a", "b"), { etag: '"whole"' });
  assertEquals([sent.length, slept.length], [3, 1]);
});

test("a copy that fails for good after its 200 is no success", async () => {
  const { client } = scripted([serverWith(1), s3Error(200, "AccessDenied")]);
  const error = await assertRejects(() => client.copy("a", "b"), S3Error, "AccessDenied");
  assertEquals([error.operation, error.status, error.retryable], ["CopyObject", 200, false]);
});

test("a copy whose 200 is cut is retried", async () => {
  const { client } = scripted([
    serverWith(1),
    new Response('<?xml version="1.0"?>\n'),
    new Response("<CopyObjectResult><ETag>"),
    serverWith(1),
  ]);
  assertEquals(await client.copy("a", "b"), { etag: '"whole"' });
});
