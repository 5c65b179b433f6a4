import {
  CacheConfigError,
  digestOf,
  exportCache,
  importCache,
  IntegrityError,
  marshalCacheConfig,
  S3Error,
} from "s3cache";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, localFixture, testBucket } from "./bucket.ts";

async function webMax() {
  const bucket = testBucket();
  for (const [key, bytes] of Object.entries(bucketFixture("web-max"))) {
    await bucket.client.put(key, new Uint8Array(bytes));
  }
  bucket.requests.length = 0;
  return bucket;
}

test("a cache is there after one request, and blobs when they are wanted", async () => {
  const bucket = await webMax();
  const cache = await importCache(bucket.options(), bucket);
  assertEquals(cache.names, ["app"]);
  assertEquals(cache.config, localFixture("web-max").config);
  assertEquals(bucket.requests.length, 1);
  const digest = cache.config.layers[0]!.blob;
  const blob = await cache.blob(digest);
  assertEquals(blob.size, cache.config.layers[0]!.annotations!.size);
  assertEquals(await blob.bytes(), bucketFixture("web-max")[`blobs/${digest}`]);
  assertEquals(bucket.requests.length, 2);
});

test("a part of a blob", async () => {
  const bucket = await webMax();
  const cache = await importCache(bucket.options(), bucket);
  const digest = cache.config.layers[0]!.blob;
  const { size, bytes } = await cache.blob(digest, { range: { start: 10, end: 19 } });
  assertEquals(size, cache.config.layers[0]!.annotations!.size);
  assertEquals(await bytes(), bucketFixture("web-max")[`blobs/${digest}`]!.slice(10, 20));
});

test("bytes that are not the digest's fail at their end, a wrong size at once", async () => {
  const bucket = await webMax();
  const cache = await importCache(bucket.options(), bucket);
  const { blob: digest, annotations } = cache.config.layers[0]!;
  await bucket.client.put(`blobs/${digest}`, new Uint8Array(annotations!.size));
  const forged = await cache.blob(digest);
  await assertRejects(() => forged.bytes(), IntegrityError, digest);
  await bucket.client.put(`blobs/${digest}`, "short");
  await assertRejects(() => cache.blob(digest), IntegrityError, "5 bytes");
});

test("a blob that the bucket has lost, or that is not of the cache", async () => {
  const bucket = await webMax();
  const cache = await importCache(bucket.options(), bucket);
  const digest = cache.config.layers[0]!.blob;
  await bucket.client.delete(`blobs/${digest}`);
  await assertRejects(() => cache.blob(digest), S3Error, "NoSuchKey");
  await assertRejects(
    () => cache.blob("sha256:" + "0".repeat(64)),
    RangeError,
    "not in this cache",
  );
});

test("a manifest that is not there is an empty cache; a bucket that is not there is an error", async () => {
  const bucket = testBucket();
  const cache = await importCache(bucket.options(), bucket);
  assertEquals([cache.names, cache.config], [[], { layers: [], records: [] }]);
  const absent = bucket.options({ bucket: "absent" });
  const error = await assertRejects(() => importCache(absent, bucket), S3Error);
  assertEquals(error.code, "NoSuchBucket");
});

test("a manifest that is not one is refused, by its key", async () => {
  const bucket = testBucket();
  for (const text of ["", "<html>", "[]", '{"layers":[{"blob":"x"}]}', '{} {"more":1}']) {
    await bucket.client.put("manifests/app", text);
    await assertRejects(
      () => importCache(bucket.options(), bucket),
      CacheConfigError,
      "manifests/app",
    );
  }
});

test("credentials that are refused are an error, not an empty cache", async () => {
  const bucket = await webMax();
  const credentials = { accessKeyId: "AKIA", secretAccessKey: "wrong" };
  const error = await assertRejects(
    () => importCache(bucket.options({ credentials }), bucket),
    S3Error,
  );
  assertEquals(error.code, "SignatureDoesNotMatch");
});

test("a cache is the source of an export into another bucket", async () => {
  const from = await webMax();
  const to = testBucket();
  const cache = await importCache(from.options(), from);
  await exportCache(cache, to.options(), to);
  assertEquals(await to.objects(), bucketFixture("web-max"));
});

for (const name of ["web-max", "zstd-max"]) {
  test(`${name}: a layer is unpacked, and verified by its diffID`, async () => {
    const bucket = testBucket();
    await exportCache(localFixture(name), bucket.options(), bucket);
    const cache = await importCache(bucket.options(), bucket);
    for (const { blob, annotations } of cache.config.layers) {
      const stream = await (await cache.blob(blob)).uncompressed();
      const tar = new Uint8Array(await new Response(stream).arrayBuffer());
      assertEquals(await digestOf(tar), annotations!.diffID);
    }
  });
}

test("a layer whose diffID is another one is refused at the end of its archive", async () => {
  const bucket = await webMax();
  const { config } = localFixture("web-max");
  const forged = structuredClone(config);
  for (const layer of forged.layers) layer.annotations!.diffID = "sha256:" + "0".repeat(64);
  await bucket.client.put("manifests/app", marshalCacheConfig(forged));
  const cache = await importCache(bucket.options(), bucket);
  const stream = await (await cache.blob(config.layers[0]!.blob)).uncompressed();
  await assertRejects(() => new Response(stream).arrayBuffer(), IntegrityError, "unpacked");
});

test("a step is found by its digest and inputs, with its newest layers", async () => {
  const bucket = await webMax();
  const cache = await importCache(bucket.options(), bucket);
  const { records, layers } = cache.config;
  const index = records.findIndex(({ layers, inputs }) => layers.length > 0 && inputs.length === 0);
  const step = index >= 0 ? index : records.findIndex((record) => record.layers.length > 0);
  const match = cache.find(records[step]!.digest);
  assertEquals(match!.records.includes(step), true);
  assertEquals(match!.result!.layers.at(-1), layers[records[step]!.layers[0]!.layer]);
  assertEquals(cache.find("sha256:" + "0".repeat(64)), undefined);
});
