import {
  type CacheSource,
  digestOf,
  exportCache,
  IntegrityError,
  type ProgressEvent,
  S3Error,
} from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, localFixture, memoryBlob, testBucket } from "./bucket.ts";

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max", "index-max"]) {
  test(`${name}: an export is, byte for byte, what BuildKit wrote`, async () => {
    const bucket = testBucket();
    const report = await exportCache(localFixture(name), bucket.options(), bucket);
    assertEquals(await bucket.objects(), bucketFixture(name));
    assertEquals(report.names, ["app"]);
    assertEquals(report.blobs.transferred, report.blobs.total);
    assertEquals(report.requests.PUT, report.blobs.total + 1);
  });
}

test("zstd layers stay what they are; the records are BuildKit's", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("zstd-max"), bucket.options(), bucket);
  const manifest = (bytes?: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  const ours = manifest((await bucket.objects())["manifests/app"]);
  const theirs = manifest(bucketFixture("zstd-max")["manifests/app"]);
  // deno-lint-ignore no-explicit-any
  const digests = ({ records }: any) => records.map(({ digest }: any) => digest).sort();
  assertEquals(digests(ours), digests(theirs));
  assertEquals(
    ours.layers[0].annotations.mediaType,
    "application/vnd.oci.image.layer.v1.tar+zstd",
  );
});

test("prefixes are put in front as they are, and every name gets the manifest", async () => {
  const bucket = testBucket();
  const options = bucket.options({
    prefix: "ci-",
    blobsPrefix: "b/",
    manifestsPrefix: "m/",
    names: ["one", "br/two"],
  });
  const report = await exportCache(localFixture("web-min"), options, bucket);
  const keys = Object.keys(await bucket.objects());
  assertEquals(keys.filter((key) => key.startsWith("ci-m/")), ["ci-m/br/two", "ci-m/one"]);
  assertEquals(keys.filter((key) => key.startsWith("ci-b/sha256:")).length, 2);
  assertEquals(report.names, ["one", "br/two"]);
});

test("blobs go before the manifest, which the last request writes", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), bucket.options(), bucket);
  const puts = bucket.requests.filter(({ method }) => method === "PUT").map(({ url }) => url);
  assert(puts.at(-1)!.endsWith("/manifests/app"));
  assertEquals(puts.filter((url) => url.includes("/manifests/")).length, 1);
});

test("what the bucket has is not sent again, and costs one listing", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), bucket.options(), bucket);
  const report = await exportCache(localFixture("web-max"), bucket.options(), bucket);
  assertEquals(report.blobs, { total: 8, transferred: 0, reused: 8, touched: 0, missing: 0 });
  assertEquals([report.requests.LIST, report.requests.HEAD, report.requests.PUT], [1, 0, 1]);
});

test("an old blob that somebody deletes during the export is sent again", async () => {
  const blob = localFixture("web-max").config.layers[0]!.blob;
  for (const before of ["?list-type", "/manifests/app"]) {
    const bucket = testBucket();
    await exportCache(localFixture("web-max"), bucket.options(), bucket);
    bucket.requests.length = 0;
    // Old enough for a prune, and not so old that it is touched.
    bucket.advance(25);
    const options = bucket.options({ touchRefreshMs: 48 * 3600_000 });
    const warnings: string[] = [];
    const { fetch } = bucket;
    let deleted = false;
    await exportCache(localFixture("web-max"), options, {
      ...bucket,
      fetch: async (input, init) => {
        // The first listing has told of the blob.
        if (!deleted && bucket.requests.length > 0 && String(input).includes(before)) {
          deleted = true;
          await bucket.client.delete(`blobs/${blob}`);
        }
        return await fetch(input, init);
      },
      onProgress: (event) => event.type === "warning" && warnings.push(event.message),
    });
    assert(deleted);
    assertEquals(await bucket.objects(), bucketFixture("web-max"));
    assertEquals(warnings, [`blob ${blob} was deleted during the export, and is sent again`]);
  }
});

test("a blob of the wrong size, or in an archive, is written again", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-min"), bucket.options(), bucket);
  const [first, second] = localFixture("web-min").config.layers.map(({ blob }) => blob);
  await bucket.client.put(`blobs/${first}`, "cut");
  await bucket.client.copy(`blobs/${second}`, `blobs/${second}`, { storageClass: "GLACIER" });
  const report = await exportCache(localFixture("web-min"), bucket.options(), bucket);
  assertEquals(report.blobs.transferred, 2);
  assertEquals(await bucket.objects(), bucketFixture("web-min"));
  assertEquals((await bucket.client.head(`blobs/${second}`))!.storageClass, undefined);
});

test("mode=min leaves out what no final step needs, and keeps the records", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), bucket.options({ mode: "min" }), bucket);
  const objects = await bucket.objects();
  const manifest = JSON.parse(new TextDecoder().decode(objects["manifests/app"]));
  const expected = JSON.parse(new TextDecoder().decode(bucketFixture("web-min")["manifests/app"]));
  assertEquals(manifest.records.length, expected.records.length);
  assertEquals(manifest.layers.length, expected.layers.length);
  assertEquals(Object.keys(objects).length, 3);
});

test("a source whose blob is not what its digest says is refused, and no manifest written", async () => {
  const bucket = testBucket();
  const good = localFixture("web-min");
  const bad = good.config.layers[0]!.blob;
  const source: CacheSource = {
    config: good.config,
    openBlob: async (digest) => {
      const blob = await good.openBlob(digest);
      if (digest !== bad) return blob;
      const bytes = await blob.read(0, blob.size);
      bytes[0] = bytes[0]! ^ 1;
      return memoryBlob(bytes);
    },
  };
  await assertRejects(() => exportCache(source, bucket.options(), bucket), IntegrityError, bad);
  const keys = Object.keys(await bucket.objects());
  assert(!keys.includes("manifests/app") && !keys.includes(`blobs/${bad}`), keys.join());
});

/** A cache of one layer, larger than a part. */
async function largeSource(bytes: Uint8Array): Promise<CacheSource & { digest: string }> {
  const digest = await digestOf(bytes);
  return {
    digest,
    config: {
      layers: [{
        blob: digest,
        parent: -1,
        annotations: {
          mediaType: "application/vnd.oci.image.layer.v1.tar",
          diffID: digest,
          size: bytes.length,
          createdAt: "2026-01-01T00:00:00Z",
        },
      }],
      records: [{
        digest,
        layers: [{ layer: 0, createdAt: "2026-01-01T00:00:00Z" }],
        chains: [],
        inputs: [],
      }],
    },
    openBlob: () => Promise.resolve(memoryBlob(bytes)),
  };
}

const large = new Uint8Array(20 * 1024 * 1024).map((_, index) => index >> 3);

async function pendingUploads(bucket: ReturnType<typeof testBucket>): Promise<number> {
  let count = 0;
  for await (const _ of bucket.client.listMultipartUploads()) count++;
  return count;
}

test("a large blob goes in parts", async () => {
  const bucket = testBucket();
  const source = await largeSource(large);
  const progress: ProgressEvent[] = [];
  await exportCache(source, bucket.options(), {
    ...bucket,
    onProgress: (event) => progress.push(event),
  });
  const info = await bucket.client.head(`blobs/${source.digest}`);
  assertEquals(info!.size, large.length);
  assertStringIncludes(info!.etag, "-3");
  let moved = 0;
  for (const event of progress) if (event.type === "bytes") moved += event.bytes;
  assertEquals(moved, large.length);
});

test("a large blob that is damaged is never completed, and nothing of it stays", async () => {
  const bucket = testBucket();
  const source = await largeSource(large);
  const damaged = large.slice();
  damaged[damaged.length - 1]! ^= 1;
  source.openBlob = () => Promise.resolve(memoryBlob(damaged));
  await assertRejects(() => exportCache(source, bucket.options(), bucket), IntegrityError);
  assertEquals(await bucket.objects(), {});
  assertEquals(await pendingUploads(bucket), 0);
});

test("an abort leaves no pending upload and no manifest", async () => {
  const bucket = testBucket();
  const abort = new AbortController();
  const reason = new Error("stopped");
  bucket.intercept = (request) => {
    if (request.url.includes("partNumber=2")) abort.abort(reason);
    return undefined;
  };
  const source = await largeSource(large);
  const failed = await exportCache(source, bucket.options(), { ...bucket, signal: abort.signal })
    .catch((error) => error);
  assertEquals(failed, reason);
  assertEquals(await pendingUploads(bucket), 0);
  assertEquals(await bucket.objects(), {});
});

test("a bucket that is not there is an error that says so", async () => {
  const bucket = testBucket();
  const error = await assertRejects(
    () => exportCache(localFixture("web-min"), bucket.options({ bucket: "absent" }), bucket),
    S3Error,
  );
  assertEquals(error.code, "NoSuchBucket");
});
