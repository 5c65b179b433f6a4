/** What s3cache does beyond BuildKit's own backend, with a real BuildKit as the judge of it. */
import { type CacheConfig, parseCacheConfig, S3Client } from "s3cache";
import { assert, assertEquals, assertGreater } from "../assert.ts";
import { BUCKETS } from "../conformance/context.ts";
import { createBuckets } from "../conformance/raw.ts";
import { startMinio } from "../conformance/servers/minio.ts";
import { CREDENTIALS } from "../conformance/servers/running.ts";
import { test } from "../harness.ts";
import { s3cache } from "./command.ts";
import { writeContext } from "./context.ts";
import { Lab } from "./lab.ts";

/** Builds something into a local cache, and gives what is needed to build it again. */
async function buildLocal(lab: Lab, dockerfile: string, more: Record<string, string> = {}) {
  const { buildkit, directory } = lab;
  const context = `${directory}/context`;
  await writeContext(context, { name: dockerfile });
  const local = `${directory}/local`;
  const attributes = Object.entries({ type: "local", dest: local, mode: "max", ...more })
    .map(([key, value]) => `${key}=${value}`).join(",");
  const { steps } = await buildkit.build({ dockerfile, context, cacheTo: [attributes] });
  return { dockerfile, context, local, steps: steps.length };
}

/** Builds again with nothing but a cache; the names of the steps that had to run. */
async function stepsRunWith(
  lab: Lab,
  build: { dockerfile: string; context: string; platforms?: string[] },
  cacheFrom: string,
): Promise<string[]> {
  await lab.buildkit.prune();
  const output = `${lab.directory}/image-${crypto.randomUUID()}`;
  const { steps } = await lab.buildkit.build({ ...build, cacheFrom: [cacheFrom], output });
  return steps.filter(({ cached }) => !cached).map(({ name }) => name);
}

test("touch where LastModified does not move: blobs are uploaded again", async () => {
  await using lab = await Lab.start();
  const { local } = await buildLocal(lab, "stages");
  const first = await s3cache(["export", local, "--cache-to", lab.s3.attributes("path")]);
  const touching = lab.s3.attributes("path", { touch_refresh: "-1s" });
  const again = await s3cache(["export", local, "--cache-to", touching]);
  assertEquals(again.blobs.touched, 0);
  assertEquals(again.blobs.transferred, first.blobs.total);
});

test("touch on MinIO: LastModified moves, and nothing is sent", async () => {
  await using lab = await Lab.start();
  const { local } = await buildLocal(lab, "stages");
  const directory = `${lab.directory}/minio`;
  await Deno.mkdir(directory);
  await using minio = await startMinio(directory);
  await createBuckets(minio);
  const { endpoint } = minio.options;
  const client = new S3Client({
    bucket: BUCKETS.main,
    region: "us-east-1",
    endpoint,
    pathStyle: true,
    credentials: CREDENTIALS,
  });
  const attributes = (more = "") =>
    `type=s3,bucket=${BUCKETS.main},region=us-east-1,endpoint_url=${endpoint},use_path_style=true,` +
    `access_key_id=${CREDENTIALS.accessKeyId},secret_access_key=${CREDENTIALS.secretAccessKey}${more}`;
  const first = await s3cache(["export", local, "--cache-to", attributes()]);
  const before = await modified(client);
  // LastModified has seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const again = await s3cache(["export", local, "--cache-to", attributes(",touch_refresh=-1s")]);
  assertEquals([again.blobs.touched, again.blobs.transferred], [first.blobs.total, 0]);
  const after = await modified(client);
  for (const [key, time] of before) assertGreater(after.get(key)!, time, key);
});

async function modified(client: S3Client): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for await (const { key, lastModified } of client.list({ prefix: "blobs/" })) {
    times.set(key, lastModified.getTime());
  }
  return times;
}

test("two platforms that export to one name keep both", async () => {
  await using lab = await Lab.start();
  const { buildkit, directory, s3 } = lab;
  const context = `${directory}/context`;
  await writeContext(context, { name: "platforms" });
  const platforms = ["linux/amd64", "linux/arm64"];
  const merged = s3.attributes("path", { merge: "true" });
  for (const platform of platforms) {
    await buildkit.prune();
    const local = `${directory}/local-${platform.slice("linux/".length)}`;
    const build = { dockerfile: "platforms", context, platforms: [platform] };
    await buildkit.build({ ...build, cacheTo: [`type=local,dest=${local},mode=max`] });
    await s3cache(["export", local, "--cache-to", merged]);
  }
  for (const platform of platforms) {
    const build = { dockerfile: "platforms", context, platforms: [platform] };
    assertEquals(await stepsRunWith(lab, build, s3.attributes("path")), []);
  }
});

test("a bucket that has lost a tenth of its blobs: nothing fails, the rest is cached", async () => {
  await using lab = await Lab.start();
  const { s3, directory } = lab;
  const build = await buildLocal(lab, "stages");
  await s3cache(["export", build.local, "--cache-to", s3.attributes("path")]);
  const { layers, records }: CacheConfig = parseCacheConfig(await s3.read("manifests/buildkit"));
  // The newest results first: those that the image is made of, and that a build asks for.
  const newest = records.flatMap((record) => record.layers)
    .toSorted((a, b) => a.createdAt < b.createdAt ? 1 : -1);
  const blobs = [...new Set(newest.map(({ layer }) => layers[layer]!.blob))];
  const lost = Math.ceil((await s3.list("blobs/")).size / 10);
  for (const blob of blobs.slice(0, lost)) {
    await Deno.remove(`${directory}/s3/cache/blobs/${blob}`);
  }
  const imported = `${directory}/imported`;
  const report = await s3cache(["import", imported, "--cache-from", s3.attributes("path")]);
  assertEquals(report.blobs.missing, lost);
  const ran = await stepsRunWith(lab, build, `type=local,src=${imported}`);
  assert(ran.length > 0 && ran.length < build.steps, `${ran.length} of ${build.steps} steps ran`);
});

for (const compression of ["zstd", "uncompressed"]) {
  test(`a cache of ${compression} layers stays so in S3, and BuildKit takes it`, async () => {
    await using lab = await Lab.start();
    const more = { compression, "force-compression": "true" };
    const build = await buildLocal(lab, "stages", more);
    await s3cache(["export", build.local, "--cache-to", lab.s3.attributes("path")]);
    const manifest = JSON.parse(await lab.s3.read("manifests/buildkit"));
    const suffix = compression === "zstd" ? ".tar+zstd" : ".tar";
    for (const { annotations } of manifest.layers) assert(annotations.mediaType.endsWith(suffix));
    assertEquals(await stepsRunWith(lab, build, lab.s3.attributes("path")), []);
  });
}

test("one string for both: BuildKit ignores the attributes that are ours", async () => {
  await using lab = await Lab.start();
  const { s3, buildkit, directory } = lab;
  const build = await buildLocal(lab, "stages");
  const shared = s3.attributes("path", {
    merge: "true",
    storage_class: "STANDARD",
    acl: "private",
    anonymous: "false",
    mode: "max",
  });
  await s3cache(["export", build.local, "--cache-to", shared]);
  assertEquals(await stepsRunWith(lab, build, shared), []);
  await buildkit.build({
    dockerfile: build.dockerfile,
    context: `${directory}/context`,
    cacheTo: [shared],
  });
  const report = await s3cache(["import", `${directory}/imported`, "--cache-from", shared]);
  assertEquals(report.blobs.missing, 0);
});
