import { readdir, readFile, writeFile } from "node:fs/promises";
import fixtures from "s3cache-fixtures";
import {
  exportCache,
  importCache,
  IntegrityError,
  openLocalCache,
  type ProgressEvent,
  writeLocalCache,
} from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeLocalFixture } from "../temporary_directory.ts";
import { bucketFixture, localFixture, testBucket } from "./bucket.ts";

async function filled(name: string) {
  const bucket = testBucket();
  for (const [key, bytes] of Object.entries(bucketFixture(name))) {
    await bucket.client.put(key, new Uint8Array(bytes));
  }
  return bucket;
}

async function importInto(
  dir: string,
  bucket: ReturnType<typeof testBucket>,
  options: Parameters<typeof writeLocalCache>[2] = {},
) {
  return await writeLocalCache(dir, await importCache(bucket.options(), bucket), options);
}

async function filesOf(dir: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    files[path.slice(dir.length + 1)] = new Uint8Array(await readFile(path));
  }
  return files;
}

function localFiles(name: string): Record<string, Uint8Array> {
  const prefix = `${name}/local/`;
  return Object.fromEntries(
    Object.entries(fixtures).filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
}

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max"]) {
  test(`${name}: an import is, file for file, what BuildKit wrote`, () =>
    withDirectory(async (dir) => {
      const report = await importInto(`${dir}/cache`, await filled(name));
      assertEquals(await filesOf(`${dir}/cache`), localFiles(name));
      assertEquals(report.blobs.transferred, report.blobs.total);
      assertEquals(report.tag, "latest");
    }));

  test(`${name}: a directory goes into a bucket and back`, () =>
    withDirectory(async (dir) => {
      await writeLocalFixture(`${dir}/from`, name);
      const bucket = testBucket();
      await exportCache(await openLocalCache(`${dir}/from`), bucket.options(), bucket);
      assertEquals(await bucket.objects(), bucketFixture(name));
      await importInto(`${dir}/to`, bucket);
      assertEquals(await filesOf(`${dir}/to`), localFiles(name));
    }));
}

test("a second import moves nothing, and repairs what is damaged", () =>
  withDirectory(async (dir) => {
    const bucket = await filled("web-max");
    await importInto(dir, bucket);
    const again = await importInto(dir, bucket);
    assertEquals([again.blobs.reused, again.blobs.transferred], [8, 0]);
    const blob = localFixture("web-max").config.layers[0]!.blob.slice("sha256:".length);
    await writeFile(`${dir}/blobs/sha256/${blob}`, "damaged");
    assertEquals((await importInto(dir, bucket)).blobs.transferred, 1);
    assertEquals(await filesOf(dir), localFiles("web-max"));
  }));

test("other tags stay", () =>
  withDirectory(async (dir) => {
    await importInto(dir, await filled("web-min"), { tag: "main" });
    await importInto(dir, await filled("web-max"), { tag: "branch" });
    const main = await openLocalCache(dir, { tag: "main" });
    const branch = await openLocalCache(dir, { tag: "branch" });
    assertEquals(main.config, localFixture("web-min").config);
    assertEquals(branch.config, localFixture("web-max").config);
  }));

test("a lost blob is a miss: what needs it is left out, the rest can be exported again", () =>
  withDirectory(async (dir) => {
    const bucket = await filled("web-max");
    const { config } = localFixture("web-max");
    const lost = config.layers.find(({ parent }) => parent === -1)!.blob;
    await bucket.client.delete(`blobs/${lost}`);
    const warnings: string[] = [];
    const report = await importInto(dir, bucket, {
      onProgress: (event: ProgressEvent) =>
        event.type === "warning" && warnings.push(event.message),
    });
    assertEquals(report.blobs.missing, 1);
    assert(warnings.some((warning) => warning.includes(`blobs/${lost}`)), warnings.join());
    const cache = await openLocalCache(dir);
    await cache.checkBlobs(new Map(cache.config.layers.map((l) => [l.blob, l.annotations!.size])));
    assertEquals(cache.config.records.length, config.records.length);
    assert(cache.config.layers.every(({ blob }) => blob !== lost));
  }));

test("strict: a lost blob is an error, and nothing is written", () =>
  withDirectory(async (dir) => {
    const bucket = await filled("web-max");
    const lost = localFixture("web-max").config.layers[0]!.blob;
    await bucket.client.delete(`blobs/${lost}`);
    const failed = () => importInto(`${dir}/cache`, bucket, { strict: true });
    await assertRejects(failed, IntegrityError, `blobs/${lost}`);
    assertEquals(await readdir(dir), []);
  }));

test("bytes that do not match are a miss, told by key; strict makes them an error", () =>
  withDirectory(async (dir) => {
    await importInto(dir, await filled("web-min"));
    const before = await filesOf(dir);
    const bucket = await filled("mount-max");
    const { blob, annotations } = localFixture("mount-max").config.layers[0]!;
    await bucket.client.put(`blobs/${blob}`, new Uint8Array(annotations!.size));
    const strict = () => importInto(dir, bucket, { strict: true });
    await assertRejects(strict, IntegrityError, `blobs/${blob}`);
    assertEquals((await filesOf(dir))["index.json"], before["index.json"]);

    const warnings: string[] = [];
    const report = await importInto(dir, bucket, {
      onProgress: (event: ProgressEvent) =>
        event.type === "warning" && warnings.push(event.message),
    });
    assertEquals(report.blobs.missing, 1);
    assert(
      warnings.some((warning) => warning.includes(`blobs/${blob} is damaged`)),
      warnings.join(),
    );
    const after = Object.keys(await filesOf(dir));
    assert(after.every((path) => !path.includes("tmp")), after.join());
    assert(!after.includes(`blobs/sha256/${blob.slice("sha256:".length)}`));
    const cache = await openLocalCache(dir);
    assert(cache.config.layers.every((layer) => layer.blob !== blob));
  }));

test("an empty cache writes nothing, not even the directory", () =>
  withDirectory(async (dir) => {
    const report = await importInto(`${dir}/cache`, testBucket());
    assertEquals([report.names, report.digest], [[], undefined]);
    assertEquals(await readdir(dir), []);
  }));

test("an interrupted import leaves no half-written file, and is taken up by the next", () =>
  withDirectory(async (dir) => {
    const bucket = await filled("web-max");
    const abort = new AbortController();
    let blobs = 0;
    const reason = new Error("stopped");
    const stopped = await importInto(dir, bucket, {
      signal: abort.signal,
      onProgress: (event) => event.type === "blob" && ++blobs === 3 && abort.abort(reason),
    }).catch((error) => error);
    assertEquals(stopped, reason);
    const left = Object.keys(await filesOf(dir));
    assert(left.every((path) => path.startsWith("blobs/") && !path.includes("tmp")), left.join());
    const report = await importInto(dir, bucket);
    assert(report.blobs.reused >= 3, `${report.blobs.reused} reused`);
    assertEquals(await filesOf(dir), localFiles("web-max"));
  }));
