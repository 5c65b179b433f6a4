import { createFront } from "../../../src/cli/gateway/front.ts";
import { Metrics } from "../../../src/cli/gateway/metrics.ts";
import type { Observation } from "../../../src/cli/gateway/observe.ts";
import { assertEquals, assertStringIncludes } from "../../assert.ts";
import { test } from "../../harness.ts";

const DIGEST = "sha256:" + "0".repeat(64);

/** A front before a registry that answers as it is told. */
function testFront(answer: (request: Request) => Promise<Response>, isLocal = false) {
  const metrics = new Metrics();
  const seen: Observation[] = [];
  const front = createFront(answer, {
    metrics,
    isLocal,
    onDone: (observation) => void seen.push({ ...observation, milliseconds: 0 }),
    authorize: ({ headers }) =>
      Promise.resolve(headers.has("authorization") ? undefined : new Response("", { status: 401 })),
  });
  const send = async (path: string, init?: RequestInit) =>
    await front(new Request(`http://gateway.test${path}`, init));
  return { send, front, metrics, seen };
}

test("requests are counted from their first byte to their last", async () => {
  const { send, metrics, seen } = testFront(async (request) => {
    const { length } = await request.text();
    return new Response("x".repeat(length * 2), { status: length === 0 ? 404 : 200 });
  });
  await (await send(`/v2/a/blobs/${DIGEST}?secret`)).text();
  const answer = await send("/v2/a/manifests/x", { method: "PUT", body: "12345" });
  assertEquals(seen.length, 1, "a request is over when its answer is");
  assertEquals((await answer.text()).length, 10);
  const common = { milliseconds: 0, cut: false };
  const blob = { ...common, method: "GET", path: `/v2/a/blobs/${DIGEST}`, resource: "blobs" };
  const put = { ...common, method: "PUT", path: "/v2/a/manifests/x", resource: "manifests" };
  assertEquals(seen as unknown[], [
    { ...blob, status: 404, received: 0, sent: 0 },
    { ...put, status: 200, received: 5, sent: 10 },
  ]);
  assertEquals(metrics.totals, { requests: 2, hits: 0, misses: 1, received: 5, sent: 10 });
});

test("an answer that is not read to its end is cut", async () => {
  const { send, seen } = testFront(() => Promise.resolve(new Response("x".repeat(10))));
  const answer = await send("/v2/");
  await answer.body!.cancel();
  assertEquals(seen.map(({ cut, resource }) => [cut, resource]), [[true, "other"]]);
});

test("metrics are for those who may see them, health is for all", async () => {
  const { send } = testFront(() => Promise.resolve(new Response(null, { status: 200 })));
  await send(`/v2/a/blobs/${DIGEST}`, { method: "HEAD" });
  await send("/v2/A%20/tags/list", { method: "OPTIONS" });
  assertEquals((await send("/healthz")).status, 200);
  assertEquals((await send("/metrics")).status, 401);
  const answer = await send("/metrics", { headers: { authorization: "x" } });
  const text = await answer.text();
  for (
    const line of [
      's3cache_requests_total{resource="blobs",method="HEAD",status="200"} 1',
      's3cache_requests_total{resource="other",method="other",status="200"} 1',
      's3cache_lookups_total{result="hit"} 1',
      "s3cache_requests_running 0",
      's3cache_request_seconds_count{resource="blobs"} 1',
      's3cache_request_seconds_bucket{resource="blobs",le="+Inf"} 1',
    ]
  ) assertStringIncludes(text, line + "\n");
});

test("what is too long is refused before anybody reads it", async () => {
  const { send, seen } = testFront(() => Promise.resolve(new Response()));
  assertEquals((await send("/v2/" + "a".repeat(10_000))).status, 414);
  assertEquals((await send("/v2/", { headers: { "x-long": "a".repeat(40_000) } })).status, 431);
  assertEquals(seen, []);
});

test("what only its place protects answers no page of the web", async () => {
  const { send, front } = testFront(() => Promise.resolve(new Response("ok")), true);
  const status = async (url: string, headers = {}) =>
    (await front(new Request(url, { method: "POST", headers }))).status;
  for (const host of ["127.0.0.1:5000", "localhost:5000", "[::1]:5000", "127.8.9.1"]) {
    assertEquals(await status(`http://${host}/v2/`), 200, host);
    assertEquals(await status(`http://${host}/v2/`, { origin: "http://evil.test" }), 403, host);
  }
  const rebound = await send("/v2/a/manifests/x", { method: "PUT", body: "1" });
  assertEquals(rebound.status, 403);
  assertStringIncludes(await rebound.text(), "--token-file");
});
