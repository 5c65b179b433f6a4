import { assert, assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { detail, errorOf, NOW, startClient } from "./client.ts";

const PATH = "/test-bucket/key";
const MIB = 1024 * 1024;

test("an object comes back with its headers", async () => {
  const { call } = startClient();
  const headers = {
    "content-type": "text/plain",
    "cache-control": "no-cache",
    "content-disposition": "attachment",
    "content-encoding": "identity",
    "content-language": "en",
    "expires": "Thu, 01 Jan 2026 00:00:00 GMT",
    "x-amz-meta-updated-at": "today",
    "x-amz-storage-class": "STANDARD_IA",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "alias/key",
  };
  const put = await call("PUT", PATH, { body: "value", headers });
  assertEquals(put.status, 200, put.text);
  assertEquals(put.headers.get("etag"), '"2063c1608d6e0baf80249c42e2be5804"');
  assertEquals(put.headers.get("x-amz-server-side-encryption"), "aws:kms");
  for (const method of ["GET", "HEAD"]) {
    const answer = await call(method, PATH);
    assertEquals([answer.status, answer.text], [200, method === "GET" ? "value" : ""]);
    for (const [name, value] of Object.entries(headers)) {
      assertEquals(answer.headers.get(name), value);
    }
    assertEquals(answer.headers.get("content-length"), "5");
    assertEquals(answer.headers.get("accept-ranges"), "bytes");
    assertEquals(answer.headers.get("etag"), '"2063c1608d6e0baf80249c42e2be5804"');
    assertEquals(answer.headers.get("last-modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
  }
});

test("an object without a type has S3's own", async () => {
  const { call, put } = startClient();
  await put(PATH, new Uint8Array(0));
  const { headers, text } = await call("GET", PATH);
  assertEquals([text, headers.get("content-type")], ["", "binary/octet-stream"]);
  assertEquals(headers.get("x-amz-storage-class"), null);
});

test("a new object replaces the old one with all that it had", async () => {
  let now = NOW;
  const { call, put } = startClient({ clock: () => now });
  await put(PATH, "old", { headers: { "x-amz-meta-a": "b" } });
  now += 1999;
  await put(PATH, "new");
  const { headers, text } = await call("GET", PATH);
  assertEquals([text, headers.get("x-amz-meta-a")], ["new", null]);
  assertEquals(headers.get("last-modified"), "Fri, 02 Jan 2026 03:04:06 GMT");
});

test("keys are taken from the path as it is", async () => {
  const { call, server } = startClient({ credentials: [] });
  const keys: Record<string, string> = {
    "a+b": "a+b",
    "a%2Bb%20c": "a+b c",
    "/lead": "/lead",
    "a//b/": "a//b/",
    "%252F": "%2F",
    "%E2%82%AC": "€",
  };
  for (const path of Object.keys(keys)) await call("PUT", `/test-bucket/${path}`, { body: path });
  const bucket = await server.storage.bucket("test-bucket");
  const found = (await bucket!.objects.list({ prefix: "", limit: 99 })).map(({ key }) => key);
  assertEquals(found.sort(), Object.values(keys).sort());
  assertEquals(errorOf(await call("PUT", "/test-bucket/%FF", {})), "400 InvalidURI");
});

test("what is not there is not found", async () => {
  const { call } = startClient();
  const key = await call("GET", "/test-bucket/a/b");
  assertEquals([errorOf(key), detail(key, "Key")], ["404 NoSuchKey", "a/b"]);
  const bucket = await call("GET", "/no-such-bucket/a");
  assertEquals(errorOf(bucket), "404 NoSuchBucket");
  assertEquals(detail(bucket, "BucketName"), "no-such-bucket");
  const head = await call("HEAD", "/test-bucket/a");
  assertEquals([head.status, head.text], [404, ""]);
});

test("every answer has a request id, which errors repeat", async () => {
  const { call } = startClient();
  const answer = await call("GET", "/test-bucket/a");
  assertMatch(answer.headers.get("x-amz-request-id")!, /^[0-9A-F]{16}$/);
  assertEquals(detail(answer, "RequestId"), answer.headers.get("x-amz-request-id")!);
  assertEquals(detail(answer, "HostId"), answer.headers.get("x-amz-id-2")!);
  assertEquals(answer.headers.get("content-type"), "application/xml");
  const good = await call("GET", "/test-bucket");
  assert(good.headers.get("x-amz-request-id") !== answer.headers.get("x-amz-request-id"));
});

test("one range of bytes is answered", async () => {
  const { call, put } = startClient();
  await put(PATH, "0123456789");
  const get = async (range: string) => {
    const { status, headers, text } = await call("GET", PATH, { headers: { range } });
    assertEquals(headers.get("content-length"), String(text.length));
    return [status, text, headers.get("content-range")];
  };
  assertEquals(await get("bytes=0-0"), [206, "0", "bytes 0-0/10"]);
  assertEquals(await get("bytes=2-4"), [206, "234", "bytes 2-4/10"]);
  assertEquals(await get("bytes=8-"), [206, "89", "bytes 8-9/10"]);
  assertEquals(await get("bytes=8-99"), [206, "89", "bytes 8-9/10"]);
  assertEquals(await get("bytes=-3"), [206, "789", "bytes 7-9/10"]);
  assertEquals(await get("bytes=-99"), [206, "0123456789", "bytes 0-9/10"]);
});

test("a range that is malformed is as if it were not there", async () => {
  const { call, put } = startClient();
  await put(PATH, "0123456789");
  for (const range of ["bytes=4-2", "bytes=0-1,3-4", "bytes=-", "items=0-1", "bytes=a-b"]) {
    const { status, text } = await call("GET", PATH, { headers: { range } });
    assertEquals([status, text], [200, "0123456789"], range);
  }
});

test("a range outside of the object is refused", async () => {
  const { call, put } = startClient();
  await put(PATH, "0123456789");
  for (const range of ["bytes=10-", "bytes=10-20", "bytes=-0"]) {
    const answer = await call("GET", PATH, { headers: { range } });
    assertEquals(errorOf(answer), "416 InvalidRange");
    assertEquals(detail(answer, "ActualObjectSize"), "10");
    assertEquals(answer.headers.get("content-range"), "bytes */10");
  }
  await put(PATH, "");
  const empty = await call("GET", PATH, { headers: { range: "bytes=0-" } });
  assertEquals(errorOf(empty), "416 InvalidRange");
});

test("a large object is streamed, whole and in ranges", async () => {
  const { fetch } = startClient({ credentials: [] });
  const data = new Uint8Array(5 * MIB + 3).map((_, i) => i % 251);
  const url = "http://s3.test/test-bucket/key";
  assertEquals((await fetch(url, { method: "PUT", body: data })).status, 200);
  const get = async (range?: string) => {
    const response = await fetch(url, range ? { headers: { range } } : {});
    return new Uint8Array(await response.arrayBuffer());
  };
  const same = (a: Uint8Array, b: Uint8Array) =>
    a.length === b.length && a.every((byte, i) => byte === b[i]);
  assert(same(await get(), data));
  assert(same(await get(`bytes=${MIB - 1}-${3 * MIB}`), data.slice(MIB - 1, 3 * MIB + 1)));
  assert(same(await get(`bytes=5-4000000`), data.slice(5, 4000001)));
});

test("a streamed body can be read into a buffer of the reader's, and cancelled", async () => {
  const { server } = startClient({ credentials: [] });
  const url = "http://s3.test/test-bucket/key";
  const body = new Uint8Array(3 * MIB).fill(7);
  await server.fetch(new Request(url, { method: "PUT", body }));
  const response = await server.fetch(new Request(url));
  const reader = response.body!.getReader({ mode: "byob" });
  let size = 0;
  while (true) {
    const { value, done } = await reader.read(new Uint8Array(MIB));
    if (done) break;
    assert(value.every((byte) => byte === 7));
    size += value.length;
  }
  assertEquals(size, body.length);
  const other = await server.fetch(new Request(url));
  await other.body!.cancel();
});

test("reads are made on conditions", async () => {
  const { call, put } = startClient();
  const etag = await put(PATH, "value");
  const before = "Fri, 02 Jan 2026 03:04:04 GMT";
  const exactly = "Fri, 02 Jan 2026 03:04:05 GMT";
  const get = async (headers: Record<string, string>) =>
    (await call("GET", PATH, { headers })).status;
  assertEquals(await get({ "if-match": `"${etag}"` }), 200);
  assertEquals(await get({ "if-match": `"x", "${etag}"` }), 200);
  assertEquals(await get({ "if-match": "*" }), 200);
  assertEquals(await get({ "if-match": '"x"' }), 412);
  assertEquals(await get({ "if-none-match": `"${etag}"` }), 304);
  assertEquals(await get({ "if-none-match": '"x"' }), 200);
  assertEquals(await get({ "if-modified-since": before }), 200);
  assertEquals(await get({ "if-modified-since": exactly }), 304);
  assertEquals(await get({ "if-unmodified-since": before }), 412);
  assertEquals(await get({ "if-unmodified-since": exactly }), 200);
  // The ETag is the stronger condition.
  assertEquals(await get({ "if-match": etag, "if-unmodified-since": before }), 200);
  assertEquals(await get({ "if-none-match": '"x"', "if-modified-since": exactly }), 200);
});

test("an answer that nothing has changed has an ETag and no body", async () => {
  const { call, put } = startClient();
  const etag = await put(PATH, "value");
  const { headers, status, text } = await call("GET", PATH, { headers: { "if-none-match": etag } });
  assertEquals([status, text, headers.get("etag")], [304, "", `"${etag}"`]);
});

test("If-None-Match: * writes only where nothing is", async () => {
  const { call } = startClient();
  const put = async (body: string) =>
    await call("PUT", PATH, { body, headers: { "if-none-match": "*" } });
  assertEquals((await put("first")).status, 200);
  const second = await put("second");
  assertEquals(errorOf(second), "412 PreconditionFailed");
  assertEquals(detail(second, "Condition"), "If-None-Match");
  assertEquals((await call("GET", PATH)).text, "first");
  const other = await call("PUT", PATH, { body: "x", headers: { "if-none-match": '"etag"' } });
  assertEquals(errorOf(other), "501 NotImplemented");
});

test("of many writers that want to be first, one is", async () => {
  const { call } = startClient();
  const headers = { "if-none-match": "*" };
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, i) => call("PUT", PATH, { body: String(i), headers })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  assertEquals(statuses, [200, ...Array(7).fill(412)]);
});

test("If-Match writes only over what it names", async () => {
  const { call, put } = startClient();
  const over = async (etag: string) =>
    await call("PUT", PATH, { body: "new", headers: { "if-match": etag } });
  assertEquals(errorOf(await over('"x"')), "404 NoSuchKey");
  const etag = await put(PATH, "old");
  assertEquals(errorOf(await over('"x"')), "412 PreconditionFailed");
  assertEquals((await over(`"${etag}"`)).status, 200);
});

test("deleting is done at once, twice, and on conditions", async () => {
  const { call, put } = startClient();
  const etag = await put(PATH, "value");
  const wrong = await call("DELETE", PATH, { headers: { "if-match": '"x"' } });
  assertEquals(errorOf(wrong), "412 PreconditionFailed");
  const right = await call("DELETE", PATH, { headers: { "if-match": etag } });
  assertEquals([right.status, right.text], [204, ""]);
  assertEquals((await call("DELETE", PATH)).status, 204);
  assertEquals(errorOf(await call("GET", PATH)), "404 NoSuchKey");
});

test("the query overrides headers of the answer", async () => {
  const { call, put } = startClient();
  await put(PATH, "value", { headers: { "content-type": "text/plain" } });
  const query = "response-content-type=text/html&response-cache-control=no-store";
  const { headers } = await call("GET", `${PATH}?${query}`);
  assertEquals(headers.get("content-type"), "text/html");
  assertEquals(headers.get("cache-control"), "no-store");
});

test("metadata has 2 KB at most", async () => {
  const { call } = startClient();
  const put = async (value: string) =>
    await call("PUT", PATH, { body: "x", headers: { "x-amz-meta-name": value } });
  assertEquals((await put("x".repeat(2044))).status, 200);
  const answer = await put("x".repeat(2045));
  assertEquals(errorOf(answer), "400 MetadataTooLarge");
  assertEquals(detail(answer, "Size"), "2049");
});

test("headers that ask for what is not there are refused", async () => {
  const { call } = startClient();
  const put = async (headers: Record<string, string>) =>
    errorOf(await call("PUT", PATH, { body: "x", headers }));
  assertEquals(await put({ "x-amz-storage-class": "COLD" }), "400 InvalidStorageClass");
  assertEquals(await put({ "x-amz-acl": "everybody" }), "400 InvalidArgument");
  assertEquals(
    await put({ "x-amz-server-side-encryption": "rot13" }),
    "400 InvalidEncryptionAlgorithmError",
  );
  for (
    const name of [
      "x-amz-tagging",
      "x-amz-object-lock-mode",
      "x-amz-grant-read",
      "x-amz-server-side-encryption-customer-algorithm",
    ]
  ) assertEquals(await put({ [name]: "x" }), "501 NotImplemented", name);
  const acl = { "x-amz-acl": "bucket-owner-full-control" };
  assertEquals((await call("PUT", PATH, { body: "x", headers: acl })).status, 200);
});

test("an archived object has properties and cannot be read", async () => {
  const { call, put } = startClient();
  await put(PATH, "value", { headers: { "x-amz-storage-class": "GLACIER" } });
  const head = await call("HEAD", PATH);
  assertEquals([head.status, head.headers.get("x-amz-storage-class")], [200, "GLACIER"]);
  assertEquals(errorOf(await call("GET", PATH)), "403 InvalidObjectState");
});
