import { AwsV4Signer } from "../../src/deps.ts";
import { createS3Server } from "../../src/devserver/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { CREDENTIALS } from "../servers/s3_server.ts";
import { amzDate, detail, errorOf, NOW, readAnswer, sign, startClient } from "./client.ts";

const MINUTE = 60_000;

// The examples of "Signature Calculations for the Authorization Header" and of "Authenticating
// Requests: Using Query Parameters" in the Amazon S3 API Reference.
const EXAMPLE_TIME = Date.parse("2013-05-24T00:00:00Z");
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

async function startExample() {
  const server = createS3Server({
    credentials: CREDENTIALS,
    baseHost: "s3.amazonaws.com",
    clock: () => EXAMPLE_TIME,
  });
  const bucket = await server.storage.createBucket({ name: "examplebucket", createdAt: 0 });
  const record = { key: "test.txt", etag: "", lastModified: 0, headers: {} };
  const staged = await bucket.stage();
  staged.write(new TextEncoder().encode("0123456789abcdef"));
  await bucket.objects.put(record, await staged.finish());
  const call = async (method: string, path: string, init: RequestInit = {}) => {
    const url = `https://examplebucket.s3.amazonaws.com${path}`;
    return await readAnswer(await server.fetch(new Request(url, { method, ...init })));
  };
  return { bucket, call };
}

function exampleHeaders(signedHeaders: string, signature: string, sha256 = EMPTY_SHA256) {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${CREDENTIALS.accessKeyId}/20130524/us-east-1/s3` +
      `/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`,
    "x-amz-content-sha256": sha256,
    "x-amz-date": "20130524T000000Z",
  };
}

test("AWS's example of GET Object passes", async () => {
  const { call } = await startExample();
  const answer = await call("GET", "/test.txt", {
    headers: {
      ...exampleHeaders(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      ),
      range: "bytes=0-9",
    },
  });
  assertEquals([answer.status, answer.text], [206, "0123456789"]);
});

test("AWS's example of PUT Object passes", async () => {
  const { bucket, call } = await startExample();
  const answer = await call("PUT", "/test%24file.text", {
    headers: {
      ...exampleHeaders(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      ),
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
    },
    body: new TextEncoder().encode("Welcome to Amazon S3."),
  });
  assertEquals(answer.status, 200, answer.text);
  const object = await bucket.objects.get("test$file.text");
  assertEquals(object?.headers, { "x-amz-storage-class": "REDUCED_REDUNDANCY" });
});

test("AWS's example of GET Bucket Lifecycle passes", async () => {
  const { call } = await startExample();
  const answer = await call("GET", "/?lifecycle", {
    headers: exampleHeaders(
      "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
  });
  assertEquals(errorOf(answer), "404 NoSuchLifecycleConfiguration");
});

test("AWS's example of listing objects passes", async () => {
  const { call } = await startExample();
  const answer = await call("GET", "/?max-keys=2&prefix=J", {
    headers: exampleHeaders(
      "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
  });
  assertEquals(answer.status, 200, answer.text);
});

test("AWS's example of a presigned GET passes", async () => {
  const { call } = await startExample();
  const answer = await call(
    "GET",
    "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      `&X-Amz-Credential=${CREDENTIALS.accessKeyId}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
  assertEquals(answer.status, 200, answer.text);
});

test("an example whose signature is changed does not pass", async () => {
  const { call } = await startExample();
  const answer = await call("GET", "/?lifecycle", {
    headers: exampleHeaders(
      "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783544",
    ),
  });
  assertEquals(errorOf(answer), "403 SignatureDoesNotMatch");
});

test("keys and queries with every character are signed and read alike", async () => {
  const { call, server } = startClient();
  const key = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("") + "é😀";
  const path = key.split("/").map(encodeURIComponent).join("/").replace(
    /[!'()*]/g,
    (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase(),
  );
  const put = await call("PUT", `/test-bucket/${path}`, { body: "x" });
  assertEquals(put.status, 200, put.text);
  const bucket = await server.storage.bucket("test-bucket");
  assertEquals((await bucket!.objects.list({ prefix: "", limit: 9 })).map((o) => o.key), [key]);
  const query = new URLSearchParams({ "list-type": "2", prefix: key });
  const list = await call("GET", `/test-bucket?${query}`);
  assertEquals([list.status, detail(list, "KeyCount")], [200, "1"]);
});

test("a wrong secret is answered with what the server signed", async () => {
  const { call } = startClient();
  const credentials = { ...CREDENTIALS, secretAccessKey: "wrong" };
  const answer = await call("GET", "/test-bucket/a%20b?x=1", { credentials });
  assertEquals(errorOf(answer), "403 SignatureDoesNotMatch");
  assertEquals(detail(answer, "AWSAccessKeyId"), CREDENTIALS.accessKeyId);
  assertStringIncludes(detail(answer, "StringToSign")!, "20260102/us-east-1/s3/aws4_request");
  assertStringIncludes(detail(answer, "CanonicalRequest")!, "GET\n/test-bucket/a%20b\nx=1\nhost:");
  assert(detail(answer, "StringToSignBytes")!.startsWith("41 57 53 34 "));
  assert(!answer.text.includes(CREDENTIALS.secretAccessKey));
});

test("an unknown access key is refused", async () => {
  const { call } = startClient();
  const credentials = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "x" };
  const answer = await call("GET", "/test-bucket", { credentials });
  assertEquals(errorOf(answer), "403 InvalidAccessKeyId");
  assertEquals(detail(answer, "AWSAccessKeyId"), "AKIAUNKNOWN");
});

test("a session token must be the right one", async () => {
  const temporary = { ...CREDENTIALS, sessionToken: "token" };
  const { call } = startClient({ credentials: [temporary] });
  const list = async (credentials: typeof temporary | typeof CREDENTIALS) =>
    await call("GET", "/test-bucket", { credentials });
  assertEquals((await list(temporary)).status, 200);
  assertEquals(errorOf(await list({ ...temporary, sessionToken: "other" })), "400 InvalidToken");
  assertEquals(errorOf(await list(CREDENTIALS)), "403 InvalidAccessKeyId");
  const plain = startClient();
  const answer = await plain.call("GET", "/test-bucket", { credentials: temporary });
  assertEquals(errorOf(answer), "400 InvalidToken");
});

test("a wrong region is told the right one", async () => {
  const { call } = startClient({ region: "eu-central-1" });
  const answer = await call("GET", "/test-bucket", { region: "us-west-2" });
  assertEquals(errorOf(answer), "400 AuthorizationHeaderMalformed");
  assertEquals(detail(answer, "Region"), "eu-central-1");
  const head = await call("HEAD", "/test-bucket", { region: "us-west-2" });
  assertEquals([head.status, head.text], [400, ""]);
  assertEquals(head.headers.get("x-amz-bucket-region"), "eu-central-1");
});

test("a clock that is wrong by a quarter of an hour is refused", async () => {
  const { call } = startClient();
  assertEquals((await call("GET", "/test-bucket", { signedAt: NOW - 15 * MINUTE })).status, 200);
  for (const signedAt of [NOW - 15 * MINUTE - 1000, NOW + 15 * MINUTE + 1000]) {
    const answer = await call("GET", "/test-bucket", { signedAt });
    assertEquals(errorOf(answer), "403 RequestTimeTooSkewed");
    assertEquals(detail(answer, "ServerTime"), "2026-01-02T03:04:05.000Z");
    assertEquals(answer.headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
  }
});

test("a header x-amz-* that was added later is refused", async () => {
  const { fetch } = startClient();
  const signed = await sign("GET", new URL("http://s3.test/test-bucket"));
  signed.headers.set("x-amz-acl", "public-read");
  const answer = await readAnswer(await fetch(signed.url, { headers: signed.headers }));
  assertEquals(errorOf(answer), "403 AccessDenied");
  assertEquals(detail(answer, "HeadersNotSigned"), "x-amz-acl");
});

test("a signature that leaves out the host is refused", async () => {
  const { fetch } = startClient();
  const signed = await sign("GET", new URL("http://s3.test/test-bucket"));
  const authorization = signed.headers.get("authorization")!.replace("=host;", "=");
  signed.headers.set("authorization", authorization);
  const answer = await readAnswer(await fetch(signed.url, { headers: signed.headers }));
  assertEquals(detail(answer, "HeadersNotSigned"), "host");
});

test("a signed header that was changed or removed on the way breaks the signature", async () => {
  const { fetch } = startClient();
  const headers = { "content-language": "en" };
  const signed = await sign("GET", new URL("http://s3.test/test-bucket"), { headers });
  signed.headers.set("content-language", "de");
  const changed = await readAnswer(await fetch(signed.url, { headers: signed.headers }));
  assertEquals(errorOf(changed), "403 SignatureDoesNotMatch");
  signed.headers.delete("content-language");
  const removed = await readAnswer(await fetch(signed.url, { headers: signed.headers }));
  assertEquals(errorOf(removed), "403 SignatureDoesNotMatch");
});

test("a request without a signature is refused, unless everybody is let in", async () => {
  const answer = await readAnswer(await startClient().fetch("http://s3.test/test-bucket"));
  assertEquals(errorOf(answer), "403 AccessDenied");
  const open = startClient({ credentials: [] });
  assertEquals((await open.fetch("http://s3.test/test-bucket")).status, 200);
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  assertEquals((await open.call("GET", "/test-bucket", { credentials })).status, 200);
});

test("authorization headers that are none of SigV4's are told apart", async () => {
  const { fetch } = startClient();
  const refuse = async (authorization: string, query = "") => {
    const headers = { authorization, "x-amz-date": amzDate(NOW), "x-amz-content-sha256": "x" };
    return errorOf(
      await readAnswer(await fetch(`http://s3.test/test-bucket${query}`, { headers })),
    );
  };
  const fields = (credential: string) =>
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=00`;
  assertEquals(await refuse("AWS AKIA:sig"), "400 InvalidRequest");
  assertEquals(await refuse("Bearer x"), "400 InvalidArgument");
  assertEquals(await refuse("AWS4-HMAC-SHA256 Signature=x"), "400 AuthorizationHeaderMalformed");
  for (
    const credential of [
      "AKIA",
      "AKIA/20260102/us-east-1/ec2/aws4_request",
      "AKIA/20260102/us-east-1/s3/aws4",
      "AKIA/20260101/us-east-1/s3/aws4_request",
    ]
  ) assertEquals(await refuse(fields(credential)), "400 AuthorizationHeaderMalformed");
  assertEquals(await refuse("x", "?X-Amz-Algorithm=AWS4-HMAC-SHA256"), "400 InvalidArgument");
});

test("a signature needs the payload's hash and a date", async () => {
  const { fetch } = startClient();
  const signed = await sign("GET", new URL("http://s3.test/test-bucket"));
  const without = async (name: string) => {
    const headers = new Headers(signed.headers);
    headers.delete(name);
    return errorOf(await readAnswer(await fetch(signed.url, { headers })));
  };
  assertEquals(await without("x-amz-content-sha256"), "400 InvalidRequest");
  assertEquals(await without("x-amz-date"), "403 AccessDenied");
});

test("a presigned URL is good for its method, until it expires", async () => {
  let now = NOW;
  const { fetch, put } = startClient({ clock: () => now });
  await put("/test-bucket/key", "value");
  const url = await presign("GET", 60);
  assertEquals(await (await fetch(url)).text(), "value");
  const wrongMethod = await readAnswer(await fetch(url, { method: "DELETE" }));
  assertEquals(errorOf(wrongMethod), "403 SignatureDoesNotMatch");
  const changed = new URL(url);
  changed.searchParams.set("response-content-type", "text/html");
  assertEquals(errorOf(await readAnswer(await fetch(changed))), "403 SignatureDoesNotMatch");
  now = NOW + 60_000;
  assertEquals((await fetch(url)).status, 200);
  now += 1000;
  const expired = await readAnswer(await fetch(url));
  assertEquals(errorOf(expired), "403 AccessDenied");
  assertEquals(detail(expired, "Message"), "Request has expired");
  assertEquals(detail(expired, "Expires"), "2026-01-02T03:05:05.000Z");
  now = NOW - 16 * MINUTE;
  const early = await readAnswer(await fetch(url));
  assertEquals(detail(early, "Message"), "Request is not valid yet");
});

test("a presigned URL lasts a week at most", async () => {
  const { fetch, put } = startClient();
  await put("/test-bucket/key", "value");
  assertEquals((await fetch(await presign("GET", 604_800))).status, 200);
  for (const expires of [604_801, -1, "soon"]) {
    const answer = await readAnswer(await fetch(await presign("GET", expires)));
    assertEquals(errorOf(answer), "400 AuthorizationQueryParametersError");
  }
  const unsigned = new URL(await presign("GET", 60));
  unsigned.searchParams.delete("X-Amz-Signature");
  const answer = await readAnswer(await fetch(unsigned));
  assertEquals(errorOf(answer), "400 AuthorizationQueryParametersError");
});

test("a presigned PUT takes any body, and no header x-amz-* that was not signed", async () => {
  const { fetch } = startClient();
  const url = await presign("PUT", 60);
  assertEquals((await fetch(url, { method: "PUT", body: "anything" })).status, 200);
  const headers = { "x-amz-meta-a": "b" };
  const answer = await readAnswer(await fetch(url, { method: "PUT", body: "x", headers }));
  assertEquals(errorOf(answer), "403 AccessDenied");
});

test("the region of a presigned URL must be the server's", async () => {
  const { fetch } = startClient({ region: "eu-central-1" });
  const answer = await readAnswer(await fetch(await presign("GET", 60)));
  assertEquals(errorOf(answer), "400 AuthorizationQueryParametersError");
  assertEquals(detail(answer, "Region"), "eu-central-1");
});

async function presign(method: string, expires: number | string): Promise<string> {
  const signer = new AwsV4Signer({
    method,
    url: `http://s3.test/test-bucket/key?X-Amz-Expires=${expires}`,
    ...CREDENTIALS,
    service: "s3",
    region: "us-east-1",
    datetime: amzDate(NOW),
    signQuery: true,
  });
  return (await signer.sign()).url.href;
}
