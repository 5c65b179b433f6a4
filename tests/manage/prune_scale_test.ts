import { pruneCaches, verifyCache } from "s3cache";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { testBucket } from "../transfer/bucket.ts";
import { BLOB_BYTES, largeStorage } from "./large_bucket.ts";

test("a prune of many blobs goes by pages and batches; scripts/prune_scale.ts does a million", async () => {
  const size = {
    blobs: 12_000,
    manifests: 24,
    lastModified: Date.parse("2025-12-01T00:00:00Z"),
  };
  const bucket = testBucket({ storage: await largeStorage(size) });
  const prune = async () =>
    await pruneCaches(bucket.options(), {
      fetch: bucket.fetch,
      clock: bucket.clock,
      dryRun: false,
      rules: [{ pattern: "0000*0", maxAgeMs: 0 }],
    });
  const first = await prune();
  const gone = 1200 + first.caches.deleted.length * 500;
  assertEquals(first.caches.deleted.map(({ name }) => name), ["000020", "000010", "000000"]);
  assertEquals(first.blobs.total.count, 12_000);
  assertEquals(first.blobs.deleted, { count: gone, bytes: gone * BLOB_BYTES });
  assertEquals([first.damaged, first.failures], [[], []]);
  // A thousand blobs a request.
  assertEquals(first.requests.POST, Math.ceil(gone / 1000));
  assertEquals((await verifyCache(bucket.options(), { ...bucket, onProgress() {} })).problems, []);
  const second = await prune();
  assertEquals([second.blobs.deleted.count, second.caches.deleted.length], [0, 0]);
});
