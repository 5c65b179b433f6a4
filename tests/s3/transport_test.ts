import { S3Client, S3Error } from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { gate } from "../gate.ts";
import { test } from "../harness.ts";
import { s3Error, scripted } from "./scripted.ts";

const ok = () => new Response("hello", { headers: { etag: '"1"', "content-length": "5" } });

test("a failure that may pass is retried until it does", async () => {
  const { client, sent, slept } = scripted([
    new TypeError("connection refused"),
    s3Error(503, "SlowDown"),
    ok(),
  ]);
  assertEquals(await (await client.get("k")).text(), "hello");
  assertEquals(sent.length, 3);
  assertEquals(slept, [1000, 2000]);
});

test("a failure that stays is thrown as S3 told it", async () => {
  const { client, sent } = scripted([
    s3Error(403, "AccessDenied", "", { "x-amz-request-id": "REQ1" }),
  ]);
  const error = await assertRejects(() => client.get("a/b"), S3Error);
  assertEquals(sent.length, 1);
  assertEquals(
    { code: error.code, status: error.status, key: error.key, id: error.requestId },
    { code: "AccessDenied", status: 403, key: "a/b", id: "REQ1" },
  );
  assertEquals(
    error.message,
    "GetObject a/b in bucket cache: AccessDenied (403): why [request REQ1]",
  );
  assert(!error.retryable);
});

test("a network that stays down is an S3Error with the runtime's own as its cause", async () => {
  const cause = new TypeError("no route to host");
  const { client, sent } = scripted([cause]);
  const error = await assertRejects(() => client.head("k"), S3Error, "no route to host");
  assertEquals([error.code, error.status, error.retryable], ["NetworkError", 0, true]);
  assertEquals(error.cause, cause);
  assertEquals(sent.length, 3);
});

test("a page of a proxy in place of S3's XML is told by its status", async () => {
  const { client } = scripted([new Response("<html>Bad Gateway</html>", { status: 502 })], {
    retry: { maxAttempts: 1 },
  });
  const error = await assertRejects(() => client.get("k"), S3Error);
  assertEquals([error.code, error.status, error.retryable], ["HTTP502", 502, true]);
});

test("a clock that is off is corrected, once, and stays so", async () => {
  const serverTime = "Thu, 01 Jan 2026 02:00:00 GMT";
  const { client, sent, slept } = scripted([
    s3Error(403, "RequestTimeTooSkewed", "", { date: serverTime }),
    ok(),
  ]);
  await client.head("k");
  assertEquals(sent.map(({ headers }) => headers.get("x-amz-date")), [
    "20260101T000000Z",
    "20260101T020000Z",
  ]);
  await client.head("k");
  assertEquals(sent[2]!.headers.get("x-amz-date"), "20260101T020000Z");
  assertEquals(slept, []);
});

test("a clock that is off is corrected for all that were sent with it", async () => {
  const serverTime = "Thu, 01 Jan 2026 02:00:00 GMT";
  const allSent = gate();
  const { client, sent } = scripted([
    async ({ headers }) => {
      // Whoever signs after the first answer has the right time already.
      if (sent.length === 3) allSent.open();
      await allSent.opened;
      return headers.get("x-amz-date") === "20260101T020000Z"
        ? ok()
        : s3Error(403, "RequestTimeTooSkewed", "", { date: serverTime });
    },
  ]);
  await Promise.all(["a", "b", "c"].map((key) => client.head(key)));
  assertEquals(sent.length, 6);
});

test("a 403 is not taken for a wrong clock when the clocks agree", async () => {
  const { client, sent } = scripted([
    s3Error(403, "SignatureDoesNotMatch", "", { date: "Thu, 01 Jan 2026 00:01:00 GMT" }),
  ]);
  await assertRejects(() => client.get("k"), S3Error, "SignatureDoesNotMatch");
  assertEquals(sent.length, 1);
});

/** Made when a test runs: workerd makes no answers before. */
const regionCases = {
  "301 with a header": () =>
    s3Error(301, "PermanentRedirect", "", { "x-amz-bucket-region": "eu-west-1" }),
  "400 with an element": () =>
    s3Error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
  "307 with an endpoint": () =>
    s3Error(
      307,
      "TemporaryRedirect",
      "<Endpoint>cache.s3.eu-west-1.amazonaws.com</Endpoint>",
      { location: "https://cache.s3.eu-west-1.amazonaws.com/k" },
    ),
};
for (const [name, answer] of Object.entries(regionCases)) {
  test(`a wrong region is corrected and remembered: ${name}`, async () => {
    const { client, sent } = scripted([answer(), ok()], { endpoint: undefined, pathStyle: false });
    await client.head("k");
    assertEquals(sent.map(({ url }) => url.host), [
      "cache.s3.us-east-1.amazonaws.com",
      "cache.s3.eu-west-1.amazonaws.com",
    ]);
    assertStringIncludes(sent[1]!.headers.get("authorization")!, "/eu-west-1/s3/");
    assertEquals(client.region, "eu-west-1");
    await client.head("k");
    assertEquals(sent.length, 3);
  });
}

test("from auto to where the bucket is, it may take two corrections", async () => {
  const { client, sent } = scripted([
    s3Error(400, "AuthorizationHeaderMalformed", "<Region>us-east-1</Region>"),
    s3Error(301, "PermanentRedirect", "", { "x-amz-bucket-region": "eu-west-1" }),
    ok(),
  ], { endpoint: undefined, pathStyle: false, region: "auto" });
  await client.head("k");
  assertEquals([sent.length, client.region], [3, "eu-west-1"]);
});

test("regions that contradict each other end in S3's error", async () => {
  const to = (region: string) =>
    s3Error(301, "PermanentRedirect", "", { "x-amz-bucket-region": region });
  const { client, sent } = scripted([to("a-1"), to("b-1"), to("a-1"), to("b-1")], {
    endpoint: undefined,
    pathStyle: false,
  });
  await assertRejects(() => client.get("k"), S3Error, "PermanentRedirect");
  assertEquals(sent.length, 3);
});

test("a region that no host can be made of is not believed", async () => {
  const { client, sent } = scripted([
    s3Error(400, "AuthorizationHeaderMalformed", "<Region>evil.test/</Region>"),
  ]);
  const error = await assertRejects(() => client.get("k"), S3Error, "AuthorizationHeaderMalformed");
  assertEquals([sent.length, error.region], [1, undefined]);
});

test("the question for the region ends as other requests do", async () => {
  const hanging = (request: { signal: AbortSignal | undefined }) =>
    new Promise<Response>((_, reject) => {
      request.signal!.addEventListener("abort", () => reject(request.signal!.reason));
    });
  const options = { endpoint: undefined, pathStyle: false, timeouts: { attempt: 100 } };
  const slow = scripted([new Response(null, { status: 400 }), hanging], options);
  await assertRejects(() => slow.client.head("k"), S3Error, "BadRequest");
  const abort = new AbortController();
  const reason = new Error("enough");
  const aborted = scripted([
    new Response(null, { status: 400 }),
    (request) => {
      setTimeout(() => abort.abort(reason), 1);
      return hanging(request);
    },
  ], { ...options, timeouts: {} });
  const head = aborted.client.head("k", { signal: abort.signal });
  assertEquals(await head.catch((error) => error), reason);
});

test("HEAD has no body that names the region: the bucket is asked, without a signature", async () => {
  const { client, sent } = scripted([
    new Response(null, { status: 400 }),
    new Response(null, { status: 403, headers: { "x-amz-bucket-region": "eu-west-1" } }),
    ok(),
  ], { endpoint: undefined, pathStyle: false });
  await client.head("k");
  assertEquals(sent[1]!.headers.get("authorization"), null);
  assertEquals(client.region, "eu-west-1");
});

test("a redirect to another host is not followed, and told", async () => {
  const { client, sent } = scripted([
    new Response(null, {
      status: 307,
      headers: { location: "https://evil.test/?X-Amz-Signature=abc" },
    }),
  ]);
  const error = await assertRejects(() => client.get("k"), S3Error, "evil.test");
  assert(!error.message.includes("X-Amz-Signature"));
  assert(sent.every(({ url }) => url.host === "s3.test"));
});

test("credentials that S3 calls expired are refreshed once, and the request sent again", async () => {
  const asked: boolean[] = [];
  const credentials = (options?: { refresh?: boolean }) => {
    asked.push(options?.refresh ?? false);
    return Promise.resolve({
      accessKeyId: options?.refresh ? "NEW" : "OLD",
      secretAccessKey: "s",
    });
  };
  const fresh = scripted([s3Error(400, "ExpiredToken"), ok()], { credentials });
  await fresh.client.get("k").then((result) => result.text());
  assertEquals(asked, [false, true]);
  asked.length = 0;
  const later = scripted([s3Error(400, "ExpiredToken"), s3Error(503, "SlowDown"), ok()], {
    credentials,
  });
  await later.client.get("k").then((result) => result.text());
  // They are asked for anew once, and remembered by whoever gives them.
  assertEquals(asked, [false, true, false]);
  assertStringIncludes(fresh.sent[1]!.headers.get("authorization")!, "Credential=NEW/");
  const stale = scripted([s3Error(400, "ExpiredToken")], { credentials });
  await assertRejects(() => stale.client.get("k"), S3Error, "ExpiredToken");
  assertEquals(stale.sent.length, 2);
});

test("without credentials nothing is signed, and a refusal says so", async () => {
  const { client, sent } = scripted([s3Error(403, "AccessDenied")], { credentials: "anonymous" });
  await assertRejects(() => client.get("k"), S3Error, "not signed");
  assertEquals(sent[0]!.headers.get("authorization"), null);
});

test("only host, x-amz-* and content-md5 are signed", async () => {
  const partial = { status: 206, headers: { "content-range": "bytes 1-4/5" } };
  const { client, sent } = scripted([new Response("ello", partial)]);
  await client.get("k", { range: { start: 1 }, ifMatch: '"1"' }).then(({ body }) => body.cancel());
  const headers = sent[0]!.headers;
  assertStringIncludes(
    headers.get("authorization")!,
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date,",
  );
  assertEquals([headers.get("range"), headers.get("if-match")], ["bytes=1-", '"1"']);
});

test("an abort ends a request, a wait and a body with the caller's reason", async () => {
  const reason = new Error("enough");
  const hanging = (request: { signal: AbortSignal | undefined }) =>
    new Promise<Response>((_, reject) => {
      request.signal!.addEventListener("abort", () => reject(request.signal!.reason));
    });
  const abort = new AbortController();
  const { client } = scripted([hanging]);
  const pending = client.get("k", { signal: abort.signal });
  setTimeout(() => abort.abort(reason), 1);
  assertEquals(await pending.catch((error) => error), reason);
  assertEquals(
    await client.head("k", { signal: AbortSignal.abort(reason) }).catch((e) => e),
    reason,
  );

  // Before anything is sent, while somebody else is waited for.
  const early = new AbortController();
  const { client: asking, sent } = scripted([ok()], {
    credentials: () => {
      early.abort(reason);
      return Promise.resolve({ accessKeyId: "AKIA", secretAccessKey: "s" });
    },
  });
  assertEquals(await asking.head("k", { signal: early.signal }).catch((e) => e), reason);
  assertEquals(sent.length, 0);

  const waiting = new AbortController();
  const slow = new S3Client({
    bucket: "cache",
    region: "r",
    random: () => 1,
    fetch: () => Promise.resolve(s3Error(503, "SlowDown")),
  });
  const retrying = slow.head("k", { signal: waiting.signal });
  setTimeout(() => waiting.abort(reason), 5);
  assertEquals(await retrying.catch((error) => error), reason);
});

test("a server that does not answer times out, and is tried again", async () => {
  const { client, sent } = scripted([
    (request) =>
      new Promise((_, reject) => {
        request.signal!.addEventListener("abort", () => reject(request.signal!.reason));
      }),
    ok(),
  ], { timeouts: { attempt: 100 } });
  await client.head("k");
  assertEquals(sent.length, 2);
});

test("an answer without an end is not kept in memory", async () => {
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    });
  const { client } = scripted([() => new Response(endless(), { status: 500 })], {
    retry: { maxAttempts: 1 },
  });
  await assertRejects(() => client.get("k"), S3Error, "longer than 16777216 bytes");
});

test("a body that stalls times out, and is taken up where it stopped", async () => {
  const stalled = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("he")),
  });
  const { client, sent } = scripted([
    (request) => {
      request.signal!.addEventListener("abort", () => {});
      return Promise.resolve(
        new Response(abortable(stalled, request.signal!), {
          headers: { etag: '"1"', "content-length": "5" },
        }),
      );
    },
    new Response("llo", { status: 206, headers: { etag: '"1"', "content-range": "bytes 2-4/5" } }),
  ], { timeouts: { idle: 100 } });
  assertEquals(await (await client.get("k")).text(), "hello");
  assertEquals(sent[1]!.headers.get("range"), "bytes=2-4");
});

/** What fetch does with a body when its signal aborts. */
function abortable(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream {
  const reader = body.getReader();
  return new ReadableStream({
    start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) controller.enqueue(value);
      else controller.close();
    },
  });
}
