import {
  type CacheConfig,
  type CacheSource,
  digestOf,
  exportCache,
  importCache,
  parseCacheConfig,
  type ProgressEvent,
} from "s3cache";
import { BUILDKIT_READ_LIMIT } from "../../src/oci/image_manifest.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { localFixture, memoryBlob, testBucket } from "./bucket.ts";

type Bucket = ReturnType<typeof testBucket>;

const digestsOf = ({ records }: CacheConfig) =>
  [...new Set(records.map(({ digest }) => digest))].sort();
const union = (...names: string[]) =>
  [...new Set(names.flatMap((name) => digestsOf(localFixture(name).config)))].sort();

async function manifestOf(bucket: Bucket): Promise<CacheConfig> {
  return parseCacheConfig(await (await bucket.client.get("manifests/app")).bytes(), {
    annotations: "required",
  });
}

function merging(bucket: Bucket) {
  return bucket.options({ merge: true });
}

test("what one export wrote is still there after another one merged into it", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), merging(bucket), bucket);
  await exportCache(localFixture("mount-max"), merging(bucket), bucket);
  assertEquals(digestsOf(await manifestOf(bucket)), union("web-max", "mount-max"));
  const report = await exportCache(localFixture("mount-max"), merging(bucket), bucket);
  assertEquals(report.blobs.transferred, 0);
  assertEquals(report.layers, (await manifestOf(bucket)).layers.length);
});

test("exports that run at the same time all stay", async () => {
  const bucket = testBucket();
  const names = ["web-max", "mount-max", "link-max", "plat-max", "web-min"];
  await Promise.all(
    names.map((name) => exportCache(localFixture(name), merging(bucket), bucket)),
  );
  assertEquals(digestsOf(await manifestOf(bucket)), union(...names));
  const keys = Object.keys(await bucket.objects());
  assertEquals(keys.filter((key) => key.includes("probe")), []);
});

test("a write whose answer got lost is recognised, and not merged twice", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), merging(bucket), bucket);
  let lost = 0;
  const { fetch } = bucket;
  const losing: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method === "PUT" && String(input).endsWith("manifests/app") && lost++ === 0) {
      await response.body?.cancel();
      throw new TypeError("connection reset");
    }
    return response;
  };
  await exportCache(localFixture("mount-max"), merging(bucket), { ...bucket, fetch: losing });
  assertEquals(lost, 2);
  assertEquals(digestsOf(await manifestOf(bucket)), union("web-max", "mount-max"));
});

test("a server that ignores conditions is found out on a key that does not matter", async () => {
  const bucket = testBucket();
  const { fetch } = bucket;
  const ignoring: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("if-match");
    headers.delete("if-none-match");
    return fetch(input, { ...init, headers });
  };
  const warnings: string[] = [];
  const settings = {
    ...bucket,
    fetch: ignoring,
    onProgress: (event: ProgressEvent) => event.type === "warning" && warnings.push(event.message),
  };
  await exportCache(localFixture("web-max"), merging(bucket), settings);
  await exportCache(localFixture("mount-max"), merging(bucket), settings);
  assertEquals(digestsOf(await manifestOf(bucket)), union("web-max", "mount-max"));
  assertEquals(warnings.length, 2);
  assert(warnings.every((warning) => warning.includes("conditional writes")));
  assertEquals(Object.keys(await bucket.objects()).filter((key) => key.includes("probe")), []);
});

test("every blob of the merged manifest is touched, those that were inherited too", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), merging(bucket), bucket);
  bucket.advance(25);
  await exportCache(localFixture("mount-max"), merging(bucket), bucket);
  for (const { blob } of (await manifestOf(bucket)).layers) {
    const { lastModified } = (await bucket.client.head(`blobs/${blob}`))!;
    assertEquals(lastModified.toISOString(), "2026-01-02T01:00:00.000Z");
  }
});

test("what a lifecycle rule took is not inherited", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), merging(bucket), bucket);
  const lost = localFixture("web-max").config.layers.find(({ parent }) => parent === -1)!.blob;
  await bucket.client.delete(`blobs/${lost}`);
  await exportCache(localFixture("mount-max"), merging(bucket), bucket);
  const merged = await manifestOf(bucket);
  assert(merged.layers.every(({ blob }) => blob !== lost));
  assertEquals(digestsOf(merged), union("web-max", "mount-max"));
});

test("an import of several names is their union, and does with those that are there", async () => {
  const bucket = testBucket();
  await exportCache(localFixture("web-max"), bucket.options({ names: ["a"] }), bucket);
  await exportCache(localFixture("mount-max"), bucket.options({ names: ["b"] }), bucket);
  const both = await importCache(bucket.options({ names: ["a", "absent", "b"] }), bucket);
  assertEquals(both.names, ["a", "b"]);
  assertEquals(digestsOf(both.config), union("web-max", "mount-max"));
  const one = await importCache(bucket.options({ names: ["absent", "a"] }), bucket);
  assertEquals(one.config, localFixture("web-max").config);
});

/** A cache of many steps, each with a layer of its own that all share one blob. */
async function manySteps(from: number, to: number): Promise<CacheSource> {
  const bytes = new TextEncoder().encode("layer");
  const blob = await digestOf(bytes);
  const annotations = {
    mediaType: "application/vnd.oci.image.layer.v1.tar",
    diffID: blob,
    size: bytes.length,
    createdAt: "2026-01-01T00:00:00Z",
  };
  const records = [];
  for (let step = from; step < to; step++) {
    const second = new Date(Date.parse("2026-01-01T00:00:00Z") + step * 1000).toISOString();
    records.push({
      digest: await digestOf(`step ${step}`),
      layers: [{ layer: 0, createdAt: second.replace(".000", "") }],
      chains: [],
      inputs: [],
    });
  }
  return {
    config: { layers: [{ blob, parent: -1, annotations }], records },
    openBlob: () => Promise.resolve(memoryBlob(bytes)),
  };
}

/** Bytes of one of those records, with the comma behind it. */
const RECORD_BYTES =
  '{"layers":[{"layer":0,"createdAt":"2026-01-01T00:00:00Z"}],"digest":"sha256:"},'
    .length + 64;

test("a merged manifest stays readable: just below the limit all is kept, above it the newest", async () => {
  const fitting = Math.floor((BUILDKIT_READ_LIMIT - 400) / RECORD_BYTES);
  for (const [steps, droppedResults] of [[fitting, 0], [fitting + 10, "some"]] as const) {
    const bucket = testBucket();
    await exportCache(await manySteps(0, 100), merging(bucket), bucket);
    const report = await exportCache(await manySteps(100, steps), merging(bucket), bucket);
    const { size } = (await bucket.client.head("manifests/app"))!;
    assert(size <= BUILDKIT_READ_LIMIT, `${size} bytes`);
    assert(size > BUILDKIT_READ_LIMIT - 10 * RECORD_BYTES, `${size} bytes`);
    const kept = new Set(digestsOf(await manifestOf(bucket)));
    assert(kept.has(await digestOf(`step ${steps - 1}`)), "the newest is kept");
    if (droppedResults === 0) {
      assertEquals([report.dropped, kept.size], [undefined, steps]);
    } else {
      assertEquals(kept.size, steps - report.dropped!.results);
      assert(!kept.has(await digestOf("step 0")), "the oldest goes first");
    }
  }
});

test("strict: a merged manifest that is too large is refused, and the old one stays", async () => {
  const bucket = testBucket();
  const steps = Math.ceil(BUILDKIT_READ_LIMIT / RECORD_BYTES);
  await exportCache(await manySteps(0, 100), merging(bucket), bucket);
  const before = await manifestOf(bucket);
  const large = await manySteps(100, steps + 1);
  await assertRejects(
    () => exportCache(large, merging(bucket), { ...bucket, strict: true }),
    RangeError,
    "left out",
  );
  assertEquals(await manifestOf(bucket), before);
});
