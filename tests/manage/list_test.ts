import { type CacheSummary, listCaches, marshalCacheConfig, parseCacheConfig } from "s3cache";
import { BlobOwners } from "../../src/manage/owners.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, testBucket } from "../transfer/bucket.ts";
import { configOf, digest } from "./configs.ts";

const webMax = bucketFixture("web-max")["manifests/app"] as Uint8Array<ArrayBuffer>;

test("lists what each cache holds, and what of it others hold too", async () => {
  const bucket = testBucket();
  await bucket.client.put("manifests/main", marshalCacheConfig(configOf({ a: 1, b: 20, c: 300 })));
  bucket.advance(24);
  await bucket.client.put("manifests/pr", marshalCacheConfig(configOf({ b: 20, d: 4000 })));
  await bucket.client.put("manifests/web", webMax);
  const seen: string[] = [];
  const caches = await listCaches(bucket.options(), {
    ...bucket,
    onProgress: (event) => event.type === "manifest" && seen.push(event.name),
  });
  assertEquals(seen, ["main", "pr", "web"]);
  const [main, pr, web] = caches as [CacheSummary, CacheSummary, CacheSummary];
  assertEquals(main, {
    name: "main",
    ref: "main:latest",
    lastModified: new Date("2026-01-01T00:00:00Z"),
    manifestBytes: marshalCacheConfig(configOf({ a: 1, b: 20, c: 300 })).length,
    records: 3,
    layers: 3,
    blobs: 3,
    bytes: 321,
    sharedBytes: 20,
  });
  assertEquals(pr.lastModified, new Date("2026-01-02T00:00:00Z"));
  assertEquals([pr.bytes, pr.sharedBytes], [4020, 20]);
  // A blob that is in two layers of one cache is one blob, and not shared.
  assertEquals([web.layers, web.blobs, web.bytes, web.sharedBytes], [9, 8, 1552, 0]);
});

test("a manifest that cannot be read is listed with what is wrong with it", async () => {
  const bucket = testBucket();
  await bucket.client.put("manifests/Bad/", `{"layers":[{"blob":"sha256:../x"}]}`);
  await bucket.client.put("manifests/good", webMax);
  const [bad, good] = await listCaches(bucket.options(), bucket);
  assertEquals([bad!.ref, good!.ref], [undefined, "good:latest"]);
  assertEquals([bad!.name, bad!.layers, bad!.bytes], ["Bad/", 0, 0]);
  assertStringIncludes(bad!.problem!, "layers[0].blob");
  assertEquals([good!.problem, good!.blobs], [undefined, 8]);
});

test("no blob is asked for, and prefixes are respected", async () => {
  const bucket = testBucket();
  await bucket.client.put("team/m/app", webMax);
  await bucket.client.put("manifests/other", webMax);
  bucket.requests.length = 0;
  const options = bucket.options({ prefix: "team/", manifestsPrefix: "m/", names: ["ignored"] });
  assertEquals((await listCaches(options, bucket)).map(({ name }) => name), ["app"]);
  assertEquals(bucket.requests.map(({ url }) => new URL(url).pathname), [
    "/cache",
    "/cache/team/m/app",
  ]);
});

test("a bucket that is not there is an error; so is an abort", async () => {
  const bucket = testBucket();
  await assertRejects(
    () => listCaches(bucket.options({ bucket: "absent" }), bucket),
    Error,
    "absent",
  );
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => listCaches(bucket.options(), { ...bucket, signal }), Error, "enough");
});

test("what a cache alone holds is what goes with it, whatever the order", () => {
  const caches: Record<string, number>[] = [
    { a: 1, b: 2, c: 4 },
    { b: 2, d: 8 },
    { b: 2, c: 4, e: 16 },
    { a: 1, b: 2, c: 4 },
  ];
  for (let shift = 0; shift < caches.length; shift++) {
    const turned = [...caches.slice(shift), ...caches.slice(0, shift)];
    const owners = new BlobOwners();
    const numbers = turned.map((blobs) => owners.add(configOf(blobs)));
    const alone = Object.fromEntries(
      numbers.map((number, i) => [
        caches.indexOf(turned[i]!),
        owners.holding(number).exclusiveBytes,
      ]),
    );
    assertEquals(alone, { 0: 0, 1: 8, 2: 16, 3: 0 });
  }
});

test("the caches of these tests are ones that a bucket may hold", () => {
  const config = configOf({ a: 1, b: 2 });
  assertEquals(parseCacheConfig(marshalCacheConfig(config), { annotations: "required" }), config);
  assertEquals(config.layers.map(({ blob }) => blob), [digest("a"), digest("b")]);
});
