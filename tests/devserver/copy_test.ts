import type { S3ServerOptions } from "../../src/devserver/mod.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { type Answer, detail, errorOf, NOW, startClient, type TestClient } from "./client.ts";

const SOURCE = "/test-bucket/source";
const COPY = "/test-bucket/copy";

interface CopyClient extends TestClient {
  copy(
    headers?: Record<string, string>,
    source?: string,
    path?: string,
  ): Promise<Answer>;
}

async function startWithSource(options: S3ServerOptions = {}): Promise<CopyClient> {
  const client = startClient(options);
  const headers = {
    "content-type": "text/plain",
    "x-amz-meta-old": "1",
    "x-amz-storage-class": "STANDARD_IA",
  };
  await client.put(SOURCE, "value", { headers });
  return {
    ...client,
    copy: (headers = {}, source = "test-bucket/source", path = COPY) =>
      client.call("PUT", path, { headers: { "x-amz-copy-source": source, ...headers } }),
  };
}

test("a copy has the bytes and the metadata, and not the storage class", async () => {
  const { call, copy } = await startWithSource();
  const answer = await copy();
  assertEquals(answer.status, 200, answer.text);
  const { text, headers } = await call("GET", COPY);
  assertEquals([text, headers.get("etag")], ["value", detail(answer, "ETag")!]);
  assertEquals(headers.get("content-type"), "text/plain");
  assertEquals(headers.get("x-amz-meta-old"), "1");
  assertEquals(headers.get("x-amz-storage-class"), null);
});

test("a copy can have metadata of its own", async () => {
  const { call, copy } = await startWithSource();
  const given = { "x-amz-meta-new": "2", "x-amz-storage-class": "GLACIER_IR" };
  const ignored = await copy(given);
  assertEquals(ignored.status, 200);
  const kept = (await call("HEAD", COPY)).headers;
  assertEquals([kept.get("x-amz-meta-old"), kept.get("x-amz-meta-new")], ["1", null]);
  assertEquals(kept.get("x-amz-storage-class"), "GLACIER_IR");
  await copy({ ...given, "x-amz-metadata-directive": "REPLACE" });
  const replaced = (await call("HEAD", COPY)).headers;
  assertEquals([replaced.get("x-amz-meta-old"), replaced.get("x-amz-meta-new")], [null, "2"]);
  assertEquals(replaced.get("content-type"), "binary/octet-stream");
  const unknown = await copy({ "x-amz-metadata-directive": "MERGE" });
  assertEquals(errorOf(unknown), "400 InvalidArgument");
});

test("a copy onto itself moves its time, if it changes something", async () => {
  let now = NOW;
  const { call, copy } = await startWithSource({ clock: () => now });
  now += 60_000;
  const touch = async (headers: Record<string, string>) =>
    await copy(headers, "/test-bucket/source", SOURCE);
  assertEquals(errorOf(await touch({})), "400 InvalidRequest");
  assertEquals(
    errorOf(await touch({ "x-amz-storage-class": "STANDARD_IA" })),
    "400 InvalidRequest",
  );
  const touched = await touch({ "x-amz-metadata-directive": "REPLACE" });
  assertEquals(detail(touched, "LastModified"), "2026-01-02T03:05:05.000Z");
  const { text, headers } = await call("GET", SOURCE);
  assertEquals([text, headers.get("last-modified")], ["value", "Fri, 02 Jan 2026 03:05:05 GMT"]);
  assertEquals((await touch({ "x-amz-storage-class": "STANDARD_IA" })).status, 200);
});

test("a source is decoded once, and as a form is", async () => {
  const { copy, put } = await startWithSource();
  await put("/test-bucket/a%2Bb%20%252F%C3%A9", "odd");
  for (const source of ["test-bucket/a%2Bb%20%252F%C3%A9", "/test-bucket/a%2Bb+%252F%C3%A9"]) {
    const answer = await copy({}, source);
    assertEquals(answer.status, 200, answer.text);
  }
  assertEquals(errorOf(await copy({}, "test-bucket/a+b%20%252F%C3%A9")), "404 NoSuchKey");
});

test("a source must be there, readable, and named in full", async () => {
  const { copy, put } = await startWithSource();
  await put("/test-bucket/cold", "x", { headers: { "x-amz-storage-class": "DEEP_ARCHIVE" } });
  const from = async (source: string) => errorOf(await copy({}, source));
  assertEquals(await from("test-bucket/none"), "404 NoSuchKey");
  assertEquals(await from("no-such-bucket/source"), "404 NoSuchBucket");
  assertEquals(await from("test-bucket/cold"), "403 InvalidObjectState");
  assertEquals(await from("source"), "400 InvalidArgument");
  assertEquals(await from("test-bucket/"), "400 InvalidArgument");
  assertEquals(await from("test-bucket/%FF"), "400 InvalidArgument");
  assertEquals(await from("test-bucket/source?versionId=1"), "501 NotImplemented");
  assertEquals((await copy({}, "test-bucket/source?versionId=null")).status, 200);
});

test("a source is copied on conditions", async () => {
  const { call, copy } = await startWithSource();
  const etag = (await call("HEAD", SOURCE)).headers.get("etag")!;
  const before = "Fri, 02 Jan 2026 03:04:04 GMT";
  const exactly = "Fri, 02 Jan 2026 03:04:05 GMT";
  const status = async (name: string, value: string) =>
    (await copy({ [`x-amz-copy-source-if-${name}`]: value })).status;
  assertEquals([await status("match", etag), await status("match", '"x"')], [200, 412]);
  assertEquals([await status("none-match", '"x"'), await status("none-match", etag)], [200, 412]);
  assertEquals(await status("modified-since", before), 200);
  assertEquals(await status("modified-since", exactly), 412);
  assertEquals(await status("unmodified-since", exactly), 200);
  assertEquals(await status("unmodified-since", before), 412);
});

test("a copy is written on conditions", async () => {
  const { copy } = await startWithSource();
  assertEquals((await copy({ "if-none-match": "*" })).status, 200);
  assertEquals(errorOf(await copy({ "if-none-match": "*" })), "412 PreconditionFailed");
});

test("an object above the limit is copied only in parts", async () => {
  const { server } = await startWithSource();
  const { call, xml } = startClient({ storage: server.storage, maxPutSize: 4 });
  const headers = { "x-amz-copy-source": "test-bucket/source" };
  assertEquals(errorOf(await call("PUT", COPY, { headers })), "400 InvalidRequest");
  const id = (await xml("POST", `${COPY}?uploads`)).get("UploadId");
  const path = `${COPY}?partNumber=1&uploadId=${id}`;
  assertEquals(errorOf(await call("PUT", path, { headers })), "400 InvalidRequest");
  const range = { "x-amz-copy-source-range": "bytes=1-4" };
  assertEquals((await call("PUT", path, { headers: { ...headers, ...range } })).status, 200);
});

test("the copy of a multipart upload has the ETag of one piece", async () => {
  const { copy, put, xml, call } = await startWithSource();
  const path = "/test-bucket/parts";
  const id = (await xml("POST", `${path}?uploads`)).get("UploadId");
  const etag = await put(`${path}?partNumber=1&uploadId=${id}`, "value");
  const body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>" +
    `<ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
  const completed = await call("POST", `${path}?uploadId=${id}`, { body });
  assertEquals(detail(completed, "ETag")!.endsWith('-1"'), true);
  assertEquals(detail(await copy({}, "test-bucket/parts"), "ETag"), `"${etag}"`);
});

test("an object is copied between buckets", async () => {
  const { call, copy } = await startWithSource();
  await call("PUT", "/other-bucket");
  assertEquals((await copy({}, "test-bucket/source", "/other-bucket/copy")).status, 200);
  assertEquals((await call("GET", "/other-bucket/copy")).text, "value");
});
