import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import {
  answerError,
  answerErrorInBody,
  copies,
  createFaultProxy,
  cutBody,
  delay,
  dropReply,
  failConnection,
  type FaultRule,
  forbidHead,
  loseCompletion,
  partRequests,
  refuseChunkedSignatures,
  requestsOf,
  rewriteAnswer,
  rewriteHeaders,
  shortenBody,
} from "./fault_proxy.ts";
import { inProcessFetch } from "./in_process.ts";

const URL_OF_KEY = "http://s3.test/bucket/key";

/** A server that keeps a count, and tells what it was asked. */
function echo() {
  const seen: string[] = [];
  const handler = async (request: Request) => {
    const body = await request.text();
    seen.push(`${request.method} ${body}`);
    const text = `0123456789 ${request.headers.get("user-agent")}`;
    const headers = { "content-length": String(text.length), etag: '"e"' };
    return new Response(request.method === "HEAD" ? null : text, { headers });
  };
  return { seen, handler };
}

function proxy(...rules: FaultRule[]) {
  const { seen, handler } = echo();
  return { seen, ...createFaultProxy(handler, rules) };
}

test("without a rule a request passes, and is remembered", async () => {
  const { fetch, requests, seen } = proxy();
  const response = await fetch(`${URL_OF_KEY}?a=b`, {
    method: "PUT",
    body: "value",
    headers: { "x-amz-meta-a": "b" },
  });
  assertEquals([response.status, seen], [200, ["PUT value"]]);
  assertEquals(requests.length, 1);
  const [request] = requests;
  assertEquals([request!.method, request!.url.search, request!.bodyLength], ["PUT", "?a=b", 5]);
  assertEquals(request!.headers.get("x-amz-meta-a"), "b");
  assertEquals(request!.headers.get("content-length"), "5");
});

test("a rule strikes the requests that it counts", async () => {
  const { fetch, seen } = proxy({
    when: requestsOf("GET", "key"),
    nth: 2,
    times: 2,
    fault: answerError(503, "SlowDown", { "retry-after": "1" }),
  });
  await fetch(URL_OF_KEY, { method: "DELETE" });
  const statuses = [];
  for (let i = 0; i < 4; i++) statuses.push((await fetch(URL_OF_KEY)).status);
  assertEquals(statuses, [200, 503, 503, 200]);
  assertEquals(seen, ["DELETE ", "GET ", "GET "]);
});

test("errors are answered as S3 does", async () => {
  const { fetch } = proxy({
    times: 2,
    fault: answerError(503, "SlowDown", { "retry-after": "1" }),
  });
  const response = await fetch(URL_OF_KEY);
  assertEquals(response.headers.get("retry-after"), "1");
  assert((await response.text()).includes("<Code>SlowDown</Code>"));
  const head = await fetch(URL_OF_KEY, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [503, ""]);
});

test("a copy can fail in its body", async () => {
  const { fetch } = proxy({ when: copies, fault: answerErrorInBody("InternalError") });
  const headers = { "x-amz-copy-source": "a/b" };
  const response = await fetch(URL_OF_KEY, { method: "PUT", headers });
  assertEquals(response.status, 200);
  assert((await response.text()).includes("<Error><Code>InternalError</Code>"));
});

test("a connection can fail before and after the request", async () => {
  const { fetch, seen } = proxy({ fault: failConnection() }, { nth: 2, fault: dropReply() });
  await assertRejects(() => fetch(URL_OF_KEY, { method: "PUT", body: "1" }), TypeError);
  assertEquals(seen, []);
  await assertRejects(() => fetch(URL_OF_KEY, { method: "PUT", body: "2" }), TypeError);
  assertEquals(seen, ["PUT 2"]);
});

test("an answer can be cut, or end too early", async () => {
  const { fetch } = proxy({ fault: cutBody(4) }, { nth: 2, fault: shortenBody(4) });
  const cut = await fetch(URL_OF_KEY);
  const reader = cut.body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "0123");
  await assertRejects(() => reader.read(), TypeError);
  const short = await fetch(URL_OF_KEY);
  assertEquals(await short.text(), "0123");
  assert(Number(short.headers.get("content-length")) > 4);
});

test("a request can be delayed, and aborted meanwhile", async () => {
  const { fetch, seen } = proxy({ times: 2, fault: delay(30) });
  const started = performance.now();
  assertEquals((await fetch(URL_OF_KEY)).status, 200);
  assert(performance.now() - started >= 25);
  const abort = new AbortController();
  const reason = new Error("enough");
  const pending = fetch(URL_OF_KEY, { signal: abort.signal });
  abort.abort(reason);
  await assertRejects(() => pending, Error, "enough");
  assertEquals(seen.length, 1);
});

test("headers can be rewritten both ways", async () => {
  const { fetch } = proxy(
    { fault: rewriteHeaders({ "user-agent": "proxy", "x-forwarded-for": "::1" }) },
    { nth: 2, fault: rewriteAnswer({ etag: '"other"' }) },
  );
  const request = { headers: { "user-agent": "client" } };
  assertEquals(await (await fetch(URL_OF_KEY, request)).text(), "0123456789 proxy");
  const answer = await fetch(URL_OF_KEY, request);
  assertEquals([answer.headers.get("etag"), await answer.text()], ['"other"', "0123456789 client"]);
});

test("the usual quirks are there", async () => {
  const { fetch, seen } = proxy(refuseChunkedSignatures(), forbidHead(), ...loseCompletion(), {
    when: partRequests(2),
    fault: answerError(500, "InternalError"),
  });
  const status = async (method: string, query = "", headers = {}) =>
    (await fetch(URL_OF_KEY + query, { method, headers })).status;
  assertEquals(await status("PUT", "", { "content-encoding": "aws-chunked" }), 501);
  assertEquals(await status("HEAD"), 403);
  assertEquals(await status("PUT", "?partNumber=1&uploadId=x"), 200);
  assertEquals(await status("PUT", "?partNumber=2&uploadId=x"), 500);
  await assertRejects(() => fetch(`${URL_OF_KEY}?uploadId=x`, { method: "POST" }), TypeError);
  assertEquals(await status("POST", "?uploadId=x"), 404);
  assertEquals(seen, ["PUT ", "POST "]);
});

test("a stream is sent chunked, and bytes with their length", async () => {
  const received: (string | null)[][] = [];
  const fetch = inProcessFetch((request) => {
    const { headers } = request;
    received.push([headers.get("content-length"), headers.get("transfer-encoding")]);
    return Promise.resolve(new Response());
  });
  const stream: RequestInit & { duplex: "half" } = {
    method: "PUT",
    body: new Blob(["value"]).stream(),
    duplex: "half",
  };
  await fetch(URL_OF_KEY, stream);
  await fetch(URL_OF_KEY, { method: "PUT", body: "value" });
  await fetch(URL_OF_KEY, { method: "PUT" });
  await fetch(URL_OF_KEY);
  assertEquals(received, [[null, "chunked"], ["5", null], ["0", null], [null, null]]);
});

test("an abort ends the body of an answer", async () => {
  const { fetch } = proxy();
  const abort = new AbortController();
  const response = await fetch(URL_OF_KEY, { signal: abort.signal });
  abort.abort(new Error("enough"));
  await assertRejects(() => response.text(), Error);
});
