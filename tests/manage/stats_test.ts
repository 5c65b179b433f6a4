import { cacheStats, marshalCacheConfig } from "s3cache";
import { estimateCost } from "../../src/manage/cost.ts";
import { Largest } from "../../src/manage/largest.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { testBucket } from "../transfer/bucket.ts";
import { configOf, digest } from "./configs.ts";

/** Two caches that share `b`; `c` is lost, and `e` to `h` are held by neither. */
async function filledBucket() {
  const bucket = testBucket();
  const put = (letter: string, size: number) =>
    bucket.client.put(`blobs/${digest(letter)}`, new Uint8Array(size));
  await put("9", 100);
  bucket.advance(60 * 24);
  await put("e", 1000);
  bucket.advance(15 * 24);
  await put("f", 2000);
  await put("0", 1);
  bucket.advance(7 * 24);
  await put("a", 1);
  await put("b", 20);
  await put("d", 4000);
  await put("1", 3000);
  const main = marshalCacheConfig(configOf({ a: 1, b: 20, c: 300 }));
  const pr = marshalCacheConfig(configOf({ b: 20, d: 4000 }));
  await bucket.client.put("manifests/main", main);
  await bucket.client.put("manifests/pr", pr);
  // Neither is a blob, whatever it begins with.
  await bucket.client.put("blobs/sha256:short", "x");
  await bucket.client.put("blobs/other", "x");
  return { bucket, manifestBytes: main.length + pr.length };
}

test("what is in use, shared, unreferenced and lost", async () => {
  const { bucket, manifestBytes } = await filledBucket();
  const stats = await cacheStats(bucket.options(), bucket);
  assertEquals(stats.live, { blobs: 3, bytes: 4021 });
  assertEquals(stats.shared, { blobs: 1, bytes: 20 });
  assertEquals(stats.unreferenced, {
    blobs: 5,
    bytes: 6101,
    byAge: [
      { minDays: 0, maxDays: 1, blobs: 1, bytes: 3000 },
      { minDays: 1, maxDays: 7, blobs: 0, bytes: 0 },
      { minDays: 7, maxDays: 30, blobs: 3, bytes: 3001 },
      { minDays: 30, blobs: 1, bytes: 100 },
    ],
  });
  assertEquals(stats.missing, 1);
  assertEquals(stats.manifests, { count: 2, bytes: manifestBytes, unreadable: 0 });
  assertEquals(stats.dedupRatio, (321 + 4020) / 4321);
});

test("what each cache alone holds", async () => {
  const { bucket } = await filledBucket();
  const { caches } = await cacheStats(bucket.options(), bucket);
  assertEquals(caches.map(({ lastModified: _, ...share }) => share), [
    {
      name: "main",
      ref: "main:latest",
      blobs: 3,
      bytes: 321,
      exclusiveBlobs: 2,
      exclusiveBytes: 301,
    },
    {
      name: "pr",
      ref: "pr:latest",
      blobs: 2,
      bytes: 4020,
      exclusiveBlobs: 1,
      exclusiveBytes: 4000,
    },
  ]);
});

test("the largest blobs are named, with who holds them", async () => {
  const { bucket } = await filledBucket();
  const { largest } = await cacheStats(bucket.options(), { ...bucket, largest: 3 });
  assertEquals(largest.map(({ lastModified: _, ...blob }) => blob), [
    { digest: digest("d"), size: 4000, caches: 1, name: "pr" },
    { digest: digest("1"), size: 3000, caches: 0 },
    { digest: digest("f"), size: 2000, caches: 0 },
  ]);
});

test("what a manifest holds that cannot be read is not taken for known", async () => {
  const { bucket } = await filledBucket();
  await bucket.client.put("manifests/main", "{");
  const stats = await cacheStats(bucket.options(), bucket);
  assertEquals(stats.manifests.unreadable, 1);
  assertEquals([stats.caches[0]!.bytes, stats.caches[0]!.problem !== undefined], [0, true]);
  assertEquals([stats.live.blobs, stats.missing], [2, 0]);
  // The owner of a blob is still named rightly after a manifest without a number of its own.
  assertEquals(stats.largest[0]!.name, "pr");
});

test("progress tells of manifests and of pages", async () => {
  const { bucket } = await filledBucket();
  const events: unknown[] = [];
  await cacheStats(bucket.options(), { ...bucket, onProgress: (event) => events.push(event) });
  assertEquals(events, [
    { type: "manifest", name: "main" },
    { type: "manifest", name: "pr" },
    { type: "listed", objects: 9 },
  ]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => cacheStats(bucket.options(), { ...bucket, signal }), Error, "enough");
});

test("costs follow from the prices", () => {
  const usage = {
    bytes: 10 * 2 ** 30,
    unreferencedBytes: 4 * 2 ** 30,
    liveBlobs: 3000,
    heldBlobs: 4990,
    manifests: 10,
  };
  const prices = { storage: 0.5, writes: 2, reads: 0.25 };
  assertEquals(estimateCost(usage, prices), {
    prices,
    storagePerMonth: 5,
    unreferencedPerMonth: 2,
    touch: 6.75,
    import: 1.25,
  });
});

test("the largest of many are what sorting all would give", () => {
  let seed = 1;
  const sizes = Array.from({ length: 500 }, () => seed = seed * 48271 % 2147483647);
  for (const limit of [0, 1, 7, 499, 1000]) {
    const largest = new Largest<{ size: number }>(limit);
    for (const size of sizes) largest.add({ size });
    assertEquals(
      largest.list().map(({ size }) => size),
      sizes.toSorted((a, b) => b - a).slice(0, limit),
    );
  }
});
