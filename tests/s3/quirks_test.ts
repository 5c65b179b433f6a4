/** What services and proxies are known to do, each done to the embedded S3. */
import { S3Client, S3Error } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { collect } from "../collect.ts";
import { test } from "../harness.ts";
import {
  answerError,
  createFaultProxy,
  type FaultRule,
  forbidHead,
  refuseChunkedSignatures,
  rewriteAnswer,
  rewriteHeaders,
} from "../servers/fault_proxy.ts";
import { startS3 } from "../servers/s3_server.ts";

const PART = 5 * 1024 * 1024;

function behind(...rules: FaultRule[]) {
  const s3 = startS3();
  const proxy = createFaultProxy(s3.server.fetch, rules);
  const client = new S3Client({
    ...s3.options,
    fetch: proxy.fetch,
    sleep: () => Promise.resolve(),
  });
  return { client, proxy };
}

function streamOf(size: number): ReadableStream<Uint8Array> {
  return new Blob([new Uint8Array(size)]).stream();
}

/** Every kind of request that the client makes. */
async function useAll(client: S3Client): Promise<void> {
  await client.put("a b", "hello", { checksum: "SHA256", metadata: { a: "b" } });
  assertEquals((await client.head("a b"))?.size, 5);
  assertEquals(await (await client.get("a b", { range: { start: 1, end: 3 } })).text(), "ell");
  await client.upload("parts", streamOf(PART + 1), { partSize: PART });
  await client.copy("a b", "copy");
  const keys = (await collect(client.list())).map(({ key }) => key);
  assertEquals(keys, ["a b", "copy", "parts"]);
  assertEquals((await client.deleteMany(keys)).errors, []);
  assertEquals(await collect(client.listMultipartUploads()), []);
}

test("Google Cloud Storage rewrites accept-encoding before it verifies the signature", async () => {
  const { client, proxy } = behind({
    times: Infinity,
    fault: rewriteHeaders({ "accept-encoding": "gzip(gfe)" }),
  });
  await useAll(client);
  assert(proxy.requests.length > 9);
});

test("proxies change the user agent, and add headers of their own", async () => {
  const { client } = behind({
    times: Infinity,
    fault: rewriteHeaders({
      "user-agent": "proxy/1.0",
      "accept": "*/*",
      "cache-control": "max-age=0",
      "connection": undefined,
      "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "via": "1.1 proxy",
      "x-forwarded-for": "192.0.2.1",
      "x-forwarded-proto": "https",
      "x-request-id": "1",
    }),
  });
  await useAll(client);
});

test("some services know no chunked signatures", async () => {
  const { client } = behind(refuseChunkedSignatures());
  await useAll(client);
});

test("some services want a Content-Length, of streams too", async () => {
  const { client } = behind({
    when: ({ method, headers }) =>
      (method === "PUT" || method === "POST") &&
      (!headers.has("content-length") || headers.has("transfer-encoding")),
    times: Infinity,
    fault: answerError(411, "MissingContentLength"),
  });
  await useAll(client);
});

test("a HEAD without ListBucket is 403 where the object is absent: not taken for absent", async () => {
  const { client } = behind(forbidHead());
  const error = await assertRejects(() => client.head("absent"), S3Error);
  assertEquals([error.code, error.status, error.retryable], ["Forbidden", 403, false]);
});

test("a service may have no checksum headers, and no request ids", async () => {
  const { client } = behind({
    when: ({ headers }) => [...headers.keys()].some((name) => name.startsWith("x-amz-checksum-")),
    times: Infinity,
    fault: answerError(501, "NotImplemented"),
  });
  await client.put("k", "hello");
  await client.upload("parts", streamOf(PART + 1), { partSize: PART });
  const { deleted } = await client.deleteMany(["k", "parts"]);
  assertEquals(deleted.toSorted(), ["k", "parts"]);
});

test("a redirect is not followed, with the signature or without", async () => {
  const hosts: string[] = [];
  const { client, proxy } = behind({
    times: Infinity,
    fault: (request) => {
      hosts.push(new URL(request.url).host);
      const headers = { location: "https://elsewhere.test/k" };
      return Promise.resolve(new Response(null, { status: 307, headers }));
    },
  });
  await assertRejects(() => client.put("k", "x"), S3Error, "elsewhere.test");
  assertEquals([hosts, proxy.requests.length], [["s3.test"], 1]);
});

test("a page of a proxy that answers 200 is no list, and no copy", async () => {
  const { client } = behind({
    times: Infinity,
    fault: () => Promise.resolve(new Response("<html><body>Please log in</body></html>")),
  });
  await assertRejects(() => collect(client.list()), S3Error, "html");
  const source = { key: "a", size: 1, etag: '"1"', lastModified: new Date() };
  await assertRejects(() => client.copy("a", "b", { source }), S3Error, "html");
});

test("answers whose clock is far off are no reason to correct ours while all goes well", async () => {
  const { client, proxy } = behind({
    times: Infinity,
    fault: rewriteAnswer({ date: "Thu, 01 Jan 1970 00:00:00 GMT" }),
  });
  await client.put("k", "x");
  await client.head("k");
  const year = new Date().getUTCFullYear();
  for (const { headers } of proxy.requests) {
    assertEquals(headers.get("x-amz-date")?.slice(0, 4), String(year));
  }
});

test("Retry-After of a service that is busy is waited for", async () => {
  const s3 = startS3();
  const slept: number[] = [];
  const { fetch } = createFaultProxy(s3.server.fetch, [
    { fault: answerError(503, "SlowDown", { "retry-after": "7" }) },
    { nth: 2, fault: answerError(429, "TooManyRequests", { "retry-after": "2" }) },
  ]);
  const client = new S3Client({
    ...s3.options,
    fetch,
    random: () => 0,
    sleep: (ms) => Promise.resolve(void slept.push(ms)),
  });
  await client.put("k", "x");
  assertEquals(slept, [7000, 2000]);
});
