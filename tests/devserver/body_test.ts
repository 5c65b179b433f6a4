import { sha256Hex } from "../../src/digest.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { detail, errorOf, readAnswer, startClient } from "./client.ts";

const PATH = "/test-bucket/key";

test("a payload must have the hash that was signed", async () => {
  const { call } = startClient();
  const answer = await call("PUT", PATH, { body: "value", sha256: await sha256Hex("other") });
  assertEquals(errorOf(answer), "400 XAmzContentSHA256Mismatch");
  assertEquals(detail(answer, "ClientComputedContentSHA256"), await sha256Hex("other"));
  assertEquals(detail(answer, "S3ComputedContentSHA256"), await sha256Hex("value"));
  assertEquals(errorOf(await call("GET", PATH)), "404 NoSuchKey");
});

test("a payload may be left unsigned", async () => {
  const { call } = startClient();
  const put = await call("PUT", PATH, { body: "value", sha256: "UNSIGNED-PAYLOAD" });
  assertEquals(put.status, 200, put.text);
});

test("a payload hash that is none is refused", async () => {
  const { call } = startClient();
  const answer = await call("PUT", PATH, { body: "value", sha256: "abc" });
  assertEquals(errorOf(answer), "400 InvalidArgument");
  assertEquals(detail(answer, "ArgumentName"), "x-amz-content-sha256");
});

test("chunked signatures are not implemented", async () => {
  const { call } = startClient();
  const sha256 = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  assertEquals(errorOf(await call("PUT", PATH, { body: "x", sha256 })), "501 NotImplemented");
  const headers = { "content-encoding": "aws-chunked,gzip" };
  assertEquals(errorOf(await call("PUT", PATH, { body: "x", headers })), "501 NotImplemented");
});

test("Content-MD5 is verified", async () => {
  const { call } = startClient();
  const put = async (md5: string) =>
    await call("PUT", PATH, { body: "value", headers: { "content-md5": md5 } });
  assertEquals((await put("IGPBYI1uC6+AJJxC4r5YBA==")).status, 200);
  assertEquals(errorOf(await put("1B2M2Y8AsgTpgAmY7PhCfg==")), "400 BadDigest");
  assertEquals(errorOf(await put("abc")), "400 InvalidDigest");
  assertEquals(errorOf(await put("MTIz")), "400 InvalidDigest");
});

// Of "123456789": the check values by which CRCs are catalogued, and what openssl prints.
const CHECKSUMS = {
  crc32: "y/Q5Jg==",
  crc32c: "4waSgw==",
  sha1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
  sha256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
};

test("checksums are verified, kept, and given back to who asks", async () => {
  const { call } = startClient();
  for (const [algorithm, value] of Object.entries(CHECKSUMS)) {
    const header = `x-amz-checksum-${algorithm}`;
    const put = await call("PUT", PATH, { body: "123456789", headers: { [header]: value } });
    assertEquals([put.status, put.headers.get(header)], [200, value], put.text);
    assertEquals((await call("HEAD", PATH)).headers.get(header), null);
    const mode = { "x-amz-checksum-mode": "ENABLED" };
    assertEquals((await call("HEAD", PATH, { headers: mode })).headers.get(header), value);
    const wrong = await call("PUT", PATH, { body: "12345678", headers: { [header]: value } });
    assertEquals(errorOf(wrong), "400 BadDigest");
  }
});

test("a checksum must be one, well-formed, and of a known kind", async () => {
  const { call } = startClient();
  const put = async (headers: Record<string, string>) =>
    errorOf(await call("PUT", PATH, { body: "123456789", headers }));
  assertEquals(await put({ "x-amz-checksum-crc32c": "4waS" }), "400 InvalidRequest");
  assertEquals(await put({ "x-amz-checksum-md4": "AAAA" }), "400 InvalidRequest");
  assertEquals(await put({ "x-amz-checksum-crc64nvme": "AAAA" }), "501 NotImplemented");
  assertEquals(
    await put({
      "x-amz-checksum-crc32": CHECKSUMS.crc32,
      "x-amz-checksum-sha1": CHECKSUMS.sha1,
    }),
    "400 InvalidRequest",
  );
  assertEquals(await put({ "x-amz-sdk-checksum-algorithm": "CRC32" }), "400 InvalidRequest");
});

test("a body without a length is refused", async () => {
  const { fetch } = startClient({ credentials: [] });
  const body = new Blob(["value"]).stream();
  const init: RequestInit & { duplex: "half" } = { method: "PUT", body, duplex: "half" };
  const answer = await readAnswer(await fetch("http://s3.test/test-bucket/key", init));
  assertEquals(errorOf(answer), "411 MissingContentLength");
});

test("a body that is shorter than its length is refused", async () => {
  const { server } = startClient({ credentials: [] });
  const request = new Request("http://s3.test/test-bucket/key", {
    method: "PUT",
    headers: { "content-length": "9" },
    body: "short",
  });
  const answer = await readAnswer(await server.fetch(request));
  assertEquals(errorOf(answer), "400 IncompleteBody");
});

test("a body above the limit is refused", async () => {
  const { call } = startClient({ maxPutSize: 9 });
  assertEquals((await call("PUT", PATH, { body: "123456789" })).status, 200);
  const answer = await call("PUT", PATH, { body: "1234567890" });
  assertEquals(errorOf(answer), "400 EntityTooLarge");
  assertEquals(detail(answer, "MaxSizeAllowed"), "9");
});

test("a key has 1,024 bytes at most", async () => {
  const { call } = startClient();
  const key = "é".repeat(512);
  const path = `/test-bucket/${encodeURIComponent(key)}`;
  assertEquals((await call("PUT", path, { body: "x" })).status, 200);
  const answer = await call("PUT", `${path}x`, { body: "x" });
  assertEquals(errorOf(answer), "400 KeyTooLongError");
  assertEquals([detail(answer, "Size"), detail(answer, "MaxSizeAllowed")], ["1025", "1024"]);
});
