import { CacheConfigError, inspectCache, marshalCacheConfig, parseCacheConfig } from "s3cache";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, testBucket } from "../transfer/bucket.ts";
import { configOf, digest } from "./configs.ts";
import { inspected } from "./inspections.ts";

test("a cache of BuildKit's, all of it there", async () => {
  const bucket = testBucket();
  const objects = bucketFixture("link-max");
  for (const [key, bytes] of Object.entries(objects)) {
    await bucket.client.put(key, bytes as Uint8Array<ArrayBuffer>);
  }
  const cache = (await inspectCache("app", bucket.options(), bucket))!;
  const config = parseCacheConfig(objects["manifests/app"]!);
  assertEquals(cache.records.map(({ digest }) => digest), config.records.map((r) => r.digest));
  assertEquals(cache.layers.map(({ blob }) => blob), config.layers.map(({ blob }) => blob));
  assertEquals(cache.blobs, Object.keys(objects).length - 1);
  assertEquals(cache.lost, 0);
  assertEquals(cache.manifestBytes, objects["manifests/app"]!.length);
  // Each result's numbers, by going down its chain.
  for (const [i, { results }] of cache.records.entries()) {
    assertEquals(results.length, config.records[i]!.layers.length);
    for (const { layer, depth, bytes, broken } of results) {
      let count = 0;
      let size = 0;
      for (let at = layer!; at !== -1; at = config.layers[at]!.parent) {
        count++;
        size += config.layers[at]!.annotations!.size;
      }
      assertEquals([depth, bytes, broken], [count, size, false]);
    }
  }
});

test("what the bucket has lost breaks the results that stand on it", async () => {
  const cache = await inspected(configOf({ a: 10, b: 20, c: 30, d: 40 }), { a: 10, b: 21, d: 40 });
  assertEquals(cache.layers.map(({ state }) => state), ["present", "size", "missing", "present"]);
  assertEquals(cache.layers.map(({ lastModified }) => lastModified !== undefined), [
    true,
    true,
    false,
    true,
  ]);
  assertEquals(cache.records.map(({ results: [result] }) => result), [
    { createdAt: "2026-01-01T00:00:00Z", layer: 0, depth: 1, bytes: 10, broken: false },
    { createdAt: "2026-01-01T00:00:00Z", layer: 1, depth: 2, bytes: 30, broken: true },
    { createdAt: "2026-01-01T00:00:00Z", layer: 2, depth: 3, bytes: 60, broken: true },
    { createdAt: "2026-01-01T00:00:00Z", layer: 3, depth: 4, bytes: 100, broken: true },
  ]);
  assertEquals([cache.blobs, cache.bytes, cache.lost], [4, 100, 2]);
});

test("listed chains count their own layers, whatever these stand on", async () => {
  const config = configOf({ a: 1, b: 20, c: 300 });
  config.records[1]!.layers = [];
  config.records[1]!.chains = [{ layers: [2, 0], createdAt: "2026-01-02T00:00:00Z" }];
  const cache = await inspected(config, { a: 1, c: 300 });
  assertEquals(cache.records[1]!.results, [
    { createdAt: "2026-01-02T00:00:00Z", chain: [2, 0], depth: 2, bytes: 301, broken: false },
  ]);
});

test("a deep chain with a result at every layer costs its length, and no stack", async () => {
  const count = 20_000;
  const config = configOf({ a: 1 });
  const [layer, record] = [config.layers[0]!, config.records[0]!];
  for (let i = 1; i < count; i++) {
    config.layers.push({ ...layer, parent: i - 1 });
    config.records.push({ ...record, layers: [{ layer: i, createdAt: "2026-01-01T00:00:00Z" }] });
  }
  const cache = await inspected(config, { a: 1 });
  assertEquals(cache.records.at(-1)!.results[0]!.depth, count);
});

test("an archived blob is not there to be read", async () => {
  const bucket = testBucket();
  bucket.intercept = ({ method, url }) =>
    method === "HEAD" && url.includes(digest("a").slice("sha256:".length))
      ? new Response(null, {
        headers: {
          "content-length": "1",
          "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT",
          "x-amz-storage-class": "GLACIER",
        },
      })
      : undefined;
  await bucket.client.put("manifests/app", marshalCacheConfig(configOf({ a: 1 })));
  const cache = (await inspectCache("app", bucket.options(), bucket))!;
  assertEquals([cache.layers[0]!.state, cache.lost], ["archived", 1]);
});

test("no such cache, and one that cannot be read", async () => {
  const bucket = testBucket();
  assertEquals(await inspectCache("app", bucket.options(), bucket), undefined);
  await bucket.client.put("manifests/app", "{");
  await assertRejects(() => inspectCache("app", bucket.options(), bucket), CacheConfigError);
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => inspectCache("app", bucket.options(), { ...bucket, signal }),
    Error,
    "enough",
  );
});
