import { rm, truncate, writeFile } from "node:fs/promises";
import { CacheConfigError } from "../../src/cacheconfig/errors.ts";
import { marshalCacheConfig } from "../../src/cacheconfig/marshal.ts";
import { digestOf, IntegrityError } from "../../src/digest.ts";
import { LayoutError } from "../../src/oci/errors.ts";
import { blobPath } from "../../src/oci/layout.ts";
import { openLocalCache } from "../../src/oci/local_cache.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeFiles, writeLocalFixture } from "../temporary_directory.ts";
import { fixture, fixtureText, localConfig, localManifest } from "./local_fixtures.ts";

/** Runs a function with a copy of a local cache. */
const withFixture = (name: string, fn: (dir: string) => Promise<void>) =>
  withDirectory(async (dir) => {
    await writeLocalFixture(dir, name);
    await fn(dir);
  });

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max", "index-max"]) {
  test(`${name} is opened, with the config and the blobs of its bucket`, () =>
    withFixture(name, async (dir) => {
      const cache = await openLocalCache(dir);
      assertEquals(cache.dir, dir);
      assertEquals(cache.tag, "latest");
      assertEquals(cache.manifestDigest, localManifest(name).digest);
      assertEquals(marshalCacheConfig(cache.config), fixtureText(`${name}/s3/manifests/app`));
      const sizes = new Map<string, number>();
      for (const { blob, annotations } of cache.config.layers) {
        sizes.set(blob, annotations!.size);
        const file = await cache.openBlob(blob);
        const data = await file.read(0, file.size);
        await file.close();
        assertEquals(data, fixture(`${name}/s3/blobs/${blob}`));
      }
      await cache.checkBlobs(sizes);
    }));
}

test("a digest opens a manifest that the index does not have, or that has no index", () =>
  withFixture("web-max", async (dir) => {
    const { digest } = localManifest("web-max");
    for (const name of ["index.json", "oci-layout"]) await rm(`${dir}/${name}`);
    const cache = await openLocalCache(dir, { digest });
    assertEquals(cache.manifestDigest, digest);
    assertEquals(cache.tag, undefined);
    assertEquals(cache.config.layers.length, 9);
  }));

test("a tag that is not there names those that are", () =>
  withFixture("web-max", async (dir) => {
    await assertRejects(
      () => openLocalCache(dir, { tag: "main" }),
      LayoutError,
      `${dir}/index.json: has no tag "main"; it has latest`,
    );
  }));

test("tag and digest together, and a malformed digest, are refused", () =>
  withFixture("web-max", async (dir) => {
    const { digest } = localManifest("web-max");
    await assertRejects(
      () => openLocalCache(dir, { tag: "latest", digest }),
      LayoutError,
      "one of",
    );
    await assertRejects(
      () => openLocalCache(dir, { digest: "sha256:../../index.json" }),
      LayoutError,
      'digest "sha256:../../index.json"',
    );
  }));

test("a digest that is not there names the file", () =>
  withFixture("web-max", async (dir) => {
    const digest = "sha256:" + "0".repeat(64);
    await assertRejects(
      () => openLocalCache(dir, { digest }),
      LayoutError,
      `${blobPath(dir, digest)}: no such file`,
    );
    await assertRejects(
      () => openLocalCache(`${dir}/none`, { digest }),
      LayoutError,
      "no such directory",
    );
  }));

test("a layer's digest is not a cache", () =>
  withFixture("web-max", async (dir) => {
    const { config } = await openLocalCache(dir);
    const digest = config.layers[0]!.blob;
    await assertRejects(() => openLocalCache(dir, { digest }), LayoutError, "not JSON");
  }));

for (const [what, blob] of [["manifest", localManifest], ["config", localConfig]] as const) {
  test(`a ${what} that is missing, cut or changed is an error that names it`, () =>
    withFixture("link-max", async (dir) => {
      const { digest, data } = blob("link-max");
      const path = blobPath(dir, digest);
      const refuse = (error: typeof LayoutError | typeof IntegrityError, message: string) =>
        assertRejects<LayoutError | IntegrityError>(
          () => openLocalCache(dir),
          error,
          `${path}: ${message}`,
        );
      await writeFile(path, data.toReversed());
      await refuse(IntegrityError, "has digest sha256:");
      await truncate(path, 5);
      await refuse(IntegrityError, `has 5 bytes, expected ${data.length}`);
      await rm(path);
      await refuse(LayoutError, `no such file, expected a blob of ${data.length} bytes`);
    }));
}

test("a blob that is missing or cut is an error that names it", () =>
  withFixture("web-max", async (dir) => {
    const cache = await openLocalCache(dir);
    const [first, second] = cache.config.layers.map(({ blob }) => blob);
    const [missing, cut] = [blobPath(dir, first!), blobPath(dir, second!)];
    await rm(missing);
    await truncate(cut, 100);
    const blobs = (digest: string) => new Map([[digest, cache.descriptors.get(digest)!.size]]);
    for (const read of [cache.openBlob, (blob: string) => cache.checkBlobs(blobs(blob))]) {
      await assertRejects(
        async () => await read(first!),
        LayoutError,
        `${missing}: no such file, expected a blob of 137 bytes`,
      );
      await assertRejects(
        async () => await read(second!),
        IntegrityError,
        `${cut}: has 100 bytes, expected 146`,
      );
    }
  }));

test("a blob of another cache is not opened, though it may be there", () =>
  withFixture("web-max", async (dir) => {
    const cache = await openLocalCache(dir);
    await assertRejects(
      () => cache.openBlob(cache.manifestDigest),
      RangeError,
      "not in this cache",
    );
  }));

/** Writes a cache whose manifest has one layer and the config that is given. */
async function writeCache(dir: string, config: string): Promise<void> {
  const descriptor = async (text: string) => ({ digest: await digestOf(text), size: text.length });
  const manifest = JSON.stringify({
    config: {
      mediaType: "application/vnd.buildkit.cacheconfig.v0",
      ...await descriptor(config),
    },
    layers: [],
  });
  const index = {
    manifests: [{
      ...await descriptor(manifest),
      annotations: { "org.opencontainers.image.ref.name": "latest" },
    }],
  };
  const blob = async (text: string) => blobPath("", await digestOf(text)).slice(1);
  await writeFiles(dir, {
    "index.json": JSON.stringify(index),
    [await blob(manifest)]: manifest,
    [await blob(config)]: config,
  });
}

const digest = "sha256:" + "a".repeat(64);
const loop = `{"records":[{"digest":"${digest}","inputs":[[{"link":0}]]}]}`;
for (
  const [what, config, error, message] of [
    ["is not JSON", "x", CacheConfigError, "JSON"],
    ["has a loop", loop, CacheConfigError, "records[0]"],
    [
      "has a layer that the manifest does not have",
      `{"layers":[{"blob":"${digest}","parent":-1}]}`,
      LayoutError,
      `has no descriptor of ${digest}`,
    ],
  ] as const
) {
  test(`a config that ${what} is an error that names the file`, () =>
    withDirectory(async (dir) => {
      await writeCache(dir, config);
      const failure = await assertRejects<LayoutError | CacheConfigError>(
        () => openLocalCache(dir),
        error,
        message,
      );
      assertEquals(failure.message.startsWith(`${dir}/blobs/sha256/`), true);
    }));
}

test("a config beyond BuildKit's limit is read: from a bucket BuildKit can read it", () =>
  withDirectory(async (dir) => {
    const records = Array.from({ length: 15_000 }, () => ({ digest }));
    const config = JSON.stringify({ records });
    assertEquals(config.length > 1_048_576, true);
    await writeCache(dir, config);
    assertEquals((await openLocalCache(dir)).config.records.length, 15_000);
  }));

test("a signal that has aborted ends the reading", () =>
  withFixture("web-max", async (dir) => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    assertEquals(await assertRejects(() => openLocalCache(dir, { signal })), reason);
    const cache = await openLocalCache(dir);
    const blobs = new Map([[cache.config.layers[0]!.blob, 137]]);
    assertEquals(await assertRejects(() => cache.checkBlobs(blobs, { signal })), reason);
  }));
