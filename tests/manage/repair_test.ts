import {
  exportCache,
  importCache,
  type ManageEvent,
  marshalCacheConfig,
  parseCacheConfig,
  repairCache,
  verifyCache,
} from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { localFixture, testBucket } from "../transfer/bucket.ts";

async function filledBucket() {
  const bucket = testBucket();
  for (const name of ["web-max", "mount-max"]) {
    await exportCache(localFixture(name), bucket.options({ names: [name] }), bucket);
  }
  bucket.requests.length = 0;
  const { onProgress: _, ...settings } = { ...bucket, onProgress: undefined };
  return Object.assign(bucket, { settings: { ...settings, dryRun: false } });
}

/** The blob of the last layer: what needs it is at the end of a chain. */
const lost = localFixture("web-max").config.layers.at(-1)!.blob;

async function manifestOf(bucket: ReturnType<typeof testBucket>, name: string) {
  return parseCacheConfig(await (await bucket.client.get(`manifests/${name}`)).bytes());
}

test("what needs a lost blob is left out, the rest is as before, and the bucket verifies", async () => {
  const bucket = await filledBucket();
  const before = await manifestOf(bucket, "web-max");
  await bucket.client.delete(`blobs/${lost}`);
  const dry = await repairCache(bucket.options(), bucket);
  assertEquals([dry.dryRun, dry.repaired.map(({ name }) => name)], [true, ["web-max"]]);
  assertEquals(await manifestOf(bucket, "web-max"), before);

  const mount = await bucket.client.head("manifests/mount-max");
  const wet = await repairCache(bucket.options(), bucket.settings);
  assertEquals(wet.repaired, dry.repaired);
  assertEquals(wet.repaired[0]!.blobs.map(({ digest, kind }) => [digest, kind]), [
    [lost, "missing"],
  ]);
  const after = await manifestOf(bucket, "web-max");
  assertEquals(
    after.records.map(({ digest }) => digest),
    before.records.map(({ digest }) => digest),
  );
  assert(after.layers.length > 0 && after.layers.every(({ blob }) => blob !== lost));
  const results = (config: typeof after) => config.records.flatMap(({ layers }) => layers).length;
  assertEquals(results(before) - results(after), wet.repaired[0]!.dropped.results);
  assertEquals(await bucket.client.head("manifests/mount-max"), mount);
  assertEquals(
    (await verifyCache(bucket.options(), { ...bucket.settings, deep: true })).problems,
    [],
  );
  assertEquals((await repairCache(bucket.options(), bucket.settings)).repaired, []);
});

test("only a deep repair does without bytes that are wrong", async () => {
  const bucket = await filledBucket();
  const { size } = (await bucket.client.head(`blobs/${lost}`))!;
  await bucket.client.put(`blobs/${lost}`, new Uint8Array(size));
  assertEquals((await repairCache(bucket.options(), bucket.settings)).repaired, []);
  const { repaired } = await repairCache(bucket.options(), { ...bucket.settings, deep: true });
  assertEquals(repaired.map(({ name, blobs }) => [name, blobs[0]!.kind]), [["web-max", "digest"]]);
});

test("a manifest that is written meanwhile is looked at again, and not overwritten", async () => {
  const bucket = await filledBucket();
  await bucket.client.delete(`blobs/${lost}`);
  const written = localFixture("link-max");
  let wrote = false;
  const { repaired } = await repairCache(bucket.options(), {
    ...bucket.settings,
    fetch: async (input, init) => {
      if (!wrote && init?.method === "PUT" && String(input).endsWith("manifests/web-max")) {
        wrote = true;
        await exportCache(written, bucket.options({ names: ["web-max"] }), bucket);
      }
      return await bucket.fetch(input, init);
    },
  });
  assertEquals([wrote, repaired], [true, []]);
  const after = await importCache(bucket.options({ names: ["web-max"] }), bucket);
  assertEquals(marshalCacheConfig(after.config), marshalCacheConfig(written.config));
});

test("a server without conditional writes is told of, and the manifest repaired", async () => {
  const bucket = await filledBucket();
  await bucket.client.delete(`blobs/${lost}`);
  const warnings: string[] = [];
  const { repaired } = await repairCache(bucket.options(), {
    ...bucket.settings,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.delete("if-match");
      return bucket.fetch(input, { ...init, headers });
    },
    onProgress: (event: ManageEvent) => event.type === "warning" && warnings.push(event.message),
  });
  assertEquals([repaired.length, warnings.length], [1, 1]);
  assert(Object.keys(await bucket.objects()).every((key) => !key.includes("probe")));
});

test("a manifest that cannot be read is left as it is, and told of", async () => {
  const bucket = await filledBucket();
  await bucket.client.put("manifests/broken", "{");
  const { repaired, unreadable, manifests } = await repairCache(bucket.options(), bucket.settings);
  assertEquals([manifests, repaired], [3, []]);
  assertEquals(unreadable.map(({ name }) => name), ["broken"]);
  assertEquals(await (await bucket.client.get("manifests/broken")).text(), "{");
});
