import { digestOf, type ProgressEvent } from "s3cache";
import { S3Client } from "../../src/s3/client.ts";
import { findBlobs } from "../../src/transfer/presence.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { testBucket } from "./bucket.ts";

const layout = { prefix: "p/", blobsPrefix: "blobs/", manifestsPrefix: "m/" };
const quiet = { onWarning: (message: string) => assert(false, message) };

async function filled(count: number) {
  const bucket = testBucket();
  const digests: string[] = [];
  for (let i = 0; i < count; i++) digests.push(await digestOf(`blob ${i}`));
  await Promise.all(digests.map((digest) => bucket.client.put(`p/blobs/${digest}`, "x")));
  bucket.requests.length = 0;
  // What is tested here is no part of the API, and so wants a client from the same source.
  return { bucket: Object.assign(bucket, { client: new S3Client(bucket.clientOptions) }), digests };
}

function kinds(bucket: ReturnType<typeof testBucket>) {
  const lists = bucket.requests.filter(({ url }) => url.includes("list-type=2")).length;
  const heads = bucket.requests.filter(({ method }) => method === "HEAD").length;
  return { lists, heads };
}

test("few blobs of a large bucket are asked for, many are listed", async () => {
  const { bucket, digests } = await filled(3500);
  for (const [wanted, bound] of [[2, 2], [3, 3], [500, 4], [3500, 4]] as const) {
    bucket.requests.length = 0;
    const chosen = digests.slice(0, wanted);
    const found = await findBlobs(bucket.client, layout, chosen, quiet);
    assertEquals([...found.keys()].sort(), chosen.toSorted());
    const { lists, heads } = kinds(bucket);
    assert(lists + heads <= bound + 2, `${wanted} wanted: ${lists} lists, ${heads} heads`);
  }
});

test("one blob is asked for at once; none is not asked for", async () => {
  const { bucket, digests } = await filled(3);
  await findBlobs(bucket.client, layout, digests.slice(0, 1), quiet);
  assertEquals(kinds(bucket), { lists: 0, heads: 1 });
  assertEquals((await findBlobs(bucket.client, layout, [], quiet)).size, 0);
});

test("what is absent is not found, and costs nothing more", async () => {
  const { bucket } = await filled(3);
  const absent = [await digestOf("a"), await digestOf("b")];
  assertEquals((await findBlobs(bucket.client, layout, absent, quiet)).size, 0);
  assertEquals(kinds(bucket), { lists: 1, heads: 0 });
});

test("a listing in no order is not taken for one in order", async () => {
  const { bucket, digests } = await filled(4);
  const sorted = digests.toSorted();
  const entry = (digest: string) =>
    `<Contents><Key>p/blobs/${digest}</Key><Size>1</Size>` +
    "<LastModified>2026-01-01T00:00:00Z</LastModified><ETag>x</ETag></Contents>";
  const page = (entries: string[], more: boolean) =>
    new Response(
      `<ListBucketResult>${entries.map(entry).join("")}<IsTruncated>${more}</IsTruncated>` +
        "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
    );
  bucket.intercept = (request) => {
    if (!request.url.includes("list-type=2")) return undefined;
    return request.url.includes("continuation-token")
      ? page([sorted[0]!, sorted[1]!], false)
      : page([sorted[3]!, sorted[2]!], true);
  };
  assertEquals((await findBlobs(bucket.client, layout, digests, quiet)).size, 4);
});

const forbidden = () => new Response("<Error><Code>AccessDenied</Code></Error>", { status: 403 });

test("without the right to list, each blob is asked for", async () => {
  const { bucket, digests } = await filled(3);
  bucket.intercept = (request) => request.url.includes("list-type=2") ? forbidden() : undefined;
  assertEquals((await findBlobs(bucket.client, layout, digests, quiet)).size, 3);
});

test("a 403 to HEAD counts as absent, and is told", async () => {
  const { bucket, digests } = await filled(3);
  const warnings: ProgressEvent["type"][] = [];
  bucket.intercept = (request) =>
    request.url.includes("list-type=2") || request.method === "HEAD" ? forbidden() : undefined;
  const found = await findBlobs(bucket.client, layout, digests, {
    onWarning: (message) => {
      assert(message.includes("s3:ListBucket"), message);
      warnings.push("warning");
    },
  });
  assertEquals([found.size, warnings.length], [0, 1]);
});
