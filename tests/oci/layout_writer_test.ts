import { writeFileSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { parseCacheConfig } from "../../src/cacheconfig/parse.ts";
import { digestOf, IntegrityError } from "../../src/digest.ts";
import { LayoutError } from "../../src/oci/errors.ts";
import { blobPath } from "../../src/oci/layout.ts";
import { openLayoutWriter } from "../../src/oci/layout_writer.ts";
import { encodeLocalCache, openLocalCache } from "../../src/oci/local_cache.ts";
import { tryLockFile } from "../../src/runtime/file_lock.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeFiles, writeLocalFixture } from "../temporary_directory.ts";
import { fixture, fixtureText, localManifest } from "./local_fixtures.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const descriptor = (digit: string) => ({
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: "sha256:" + digit.repeat(64),
  size: 1,
});

async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dir.length + 1)).toSorted();
}

async function tagsOf(dir: string): Promise<string[]> {
  const { manifests } = JSON.parse(await readFile(`${dir}/index.json`, "utf8"));
  return manifests.map((entry: { annotations: Record<string, string> }) =>
    entry.annotations["org.opencontainers.image.ref.name"]
  );
}

/** Writes a bucket of the fixtures into a directory, as an import does. */
async function write(dir: string, name: string, tag: string): Promise<void> {
  const config = parseCacheConfig(fixture(`${name}/s3/manifests/app`));
  const writer = await openLayoutWriter(dir);
  for (const { blob, annotations } of config.layers) {
    if (await writer.hasBlob(blob, annotations!.size)) continue;
    const file = await writer.createBlob(blob, annotations!.size);
    await file.write(fixture(`${name}/s3/blobs/${blob}`));
    await file.commit();
  }
  const encoded = await encodeLocalCache(config);
  await writer.putBlob(encoded.config);
  await writer.putBlob(encoded.manifest);
  await writer.setTag(tag, encoded.descriptor);
}

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max"]) {
  test(`${name}: a new directory is file for file what BuildKit wrote`, () =>
    withDirectory(async (parent) => {
      const [ours, theirs] = [`${parent}/new/ours`, `${parent}/theirs`];
      await write(ours, name, "latest");
      await writeLocalFixture(theirs, name);
      assertEquals(await files(ours), await files(theirs));
      for (const path of await files(ours)) {
        assertEquals(await readFile(`${ours}/${path}`), await readFile(`${theirs}/${path}`), path);
      }
    }));
}

test("two caches share a directory and its blobs, each under its tag", () =>
  withDirectory(async (dir) => {
    await writeLocalFixture(dir, "web-max");
    await write(dir, "link-max", "link");
    await write(dir, "web-min", "min");
    assertEquals(await tagsOf(dir), ["latest", "link", "min"]);
    const digest = async (tag: string) => (await openLocalCache(dir, { tag })).manifestDigest;
    assertEquals(await digest("latest"), localManifest("web-max").digest);
    assertEquals(await digest("link"), localManifest("link-max").digest);
    assertEquals(await digest("min"), localManifest("web-min").digest);
  }));

test("a blob is reused if it is whole, and replaced if it is not", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    const data = new Uint8Array(5_000_000).fill(7);
    const { digest, size } = await writer.putBlob(data);
    assertEquals({ digest, size }, { digest: await digestOf(data), size: data.length });
    assert(await writer.hasBlob(digest, size));
    const { mtimeMs } = await stat(blobPath(dir, digest));
    await writer.putBlob(data);
    assertEquals((await stat(blobPath(dir, digest))).mtimeMs, mtimeMs);
    assert(!await writer.hasBlob(digest, size - 1));
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => writer.hasBlob(digest, size, { signal }), Error, "enough");
    assert(!await writer.hasBlob("sha256:" + "0".repeat(64), size));

    const damaged = data.slice();
    damaged[4_999_999] = 8;
    await writeFile(blobPath(dir, digest), damaged);
    // BuildKit makes its blobs read-only.
    await chmod(blobPath(dir, digest), 0o444);
    assert(!await writer.hasBlob(digest, size));
    const file = await writer.createBlob(digest, size);
    await file.write(data);
    await file.commit();
    assert(await writer.hasBlob(digest, size));
  }));

test("a blob that is not what it should be is refused, and nothing is left of it", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    const digest = await digestOf("abc");
    const attempt = async (texts: string[], size = 3) => {
      const file = await writer.createBlob(digest, size, "bucket/blobs/x");
      try {
        for (const text of texts) await file.write(encode(text));
        await file.commit();
      } finally {
        await file.discard();
      }
    };
    const refuse = (texts: string[], message: string) =>
      assertRejects(() => attempt(texts), IntegrityError, `bucket/blobs/x: ${message}`);
    await refuse(["ab"], `has 2 bytes, expected 3 of ${digest}`);
    await refuse([], "has 0 bytes, expected 3");
    await refuse(["ab", "cd"], `has more than the 3 bytes of ${digest}`);
    await refuse(["abd"], `its bytes have digest ${await digestOf("abd")}, expected ${digest}`);
    assertEquals(await files(dir), []);
    await attempt(["a", "", "bc"]);
    assertEquals(await files(dir), [`blobs/sha256/${digest.slice("sha256:".length)}`]);
  }));

test("a blob that is written but not committed is not there", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    const digest = await digestOf("abc");
    const file = await writer.createBlob(digest, 3);
    await file.write(encode("abc"));
    assert(!await writer.hasBlob(digest, 3));
    await file.discard();
    assertEquals(await files(dir), []);
  }));

test("an empty blob is a blob", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    const digest = await digestOf("");
    assert(!await writer.hasBlob(digest, 0));
    const file = await writer.createBlob(digest, 0);
    await file.commit();
    assert(await writer.hasBlob(digest, 0));
  }));

test("a digest cannot lead out of the directory", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    await assertRejects(
      () => writer.createBlob("sha256:../../x", 1),
      LayoutError,
      "sha256:../../x",
    );
    await assertRejects(() => writer.hasBlob("sha256:../../x", 1), LayoutError, "sha256:../../x");
  }));

test("writers at once keep each other's tags", () =>
  withDirectory(async (dir) => {
    const tags = Array.from({ length: 10 }, (_, i) => `tag-${i}`);
    await Promise.all(tags.map(async (tag, i) => {
      const writer = await openLayoutWriter(dir);
      await writer.setTag(tag, descriptor(`${i}`));
    }));
    assertEquals((await tagsOf(dir)).toSorted(), tags);
    assertEquals(await files(dir), ["index.json", "oci-layout"]);
  }));

test("a tag that somebody writes between reading and replacing the index is kept", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    let writes = 0;
    await writer.setTag("ours", {
      ...descriptor("b"),
      // Read once the index has been read; changes it, without the lock, as some program may.
      get annotations() {
        if (writes++ === 0) {
          const annotations = { "org.opencontainers.image.ref.name": "theirs" };
          const manifests = [{ ...descriptor("a"), annotations }];
          writeFileSync(`${dir}/index.json`, JSON.stringify({ manifests }));
        }
        return {};
      },
    });
    assertEquals(await tagsOf(dir), ["theirs", "ours"]);
  }));

test("an index that never rests is an error in the end", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    let writes = 0;
    const restless = {
      ...descriptor("b"),
      get annotations() {
        writeFileSync(`${dir}/index.json`, JSON.stringify({ writes: writes++, manifests: [] }));
        return {};
      },
    };
    await assertRejects(
      () => writer.setTag("ours", restless),
      LayoutError,
      `${dir}/index.json: was changed by others 100 times`,
    );
    assertEquals(await tagsOf(dir), []);
  }));

test("an index that is no index is an error, and stays as it is", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    await writeFiles(dir, { "index.json": '{"manifests":[' });
    const message = `${dir}/index.json: not JSON`;
    await assertRejects(() => openLayoutWriter(dir), LayoutError, message);
    await assertRejects(() => writer.setTag("x", descriptor("a")), LayoutError, message);
    assertEquals(await readFile(`${dir}/index.json`, "utf8"), '{"manifests":[');
    assert(!(await files(dir)).some((path) => path.endsWith(".lock") || path.endsWith(".tmp")));
  }));

test("an empty index is an index without entries, as for BuildKit", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { "index.json": "", "oci-layout": "" });
    await write(dir, "web-max", "latest");
    assertEquals(
      await readFile(`${dir}/index.json`, "utf8"),
      fixtureText("web-max/local/index.json"),
    );
    assertEquals(
      await readFile(`${dir}/oci-layout`, "utf8"),
      fixtureText("web-max/local/oci-layout"),
    );
  }));

test("a place that cannot be a directory is refused before anything is made", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { f: "", "later/oci-layout": '{"imageLayoutVersion":"2.0"}' });
    const refuse = (path: string, message: string) =>
      assertRejects(() => openLayoutWriter(path), LayoutError, message);
    await refuse(`${dir}/f`, `${dir}/f: not a directory`);
    await refuse(`${dir}/f/below`, `${dir}/f/below: cannot be written to`);
    await refuse(`${dir}/later`, 'imageLayoutVersion is "2.0"');
    assertEquals(await files(dir), ["f", "later/oci-layout"]);
  }));

test("a blobs folder that is a file is refused", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { blobs: "" });
    await assertRejects(() => openLayoutWriter(dir), LayoutError, `${dir}: cannot be written to`);
  }));

test("an empty tag is refused: BuildKit could not read it", () =>
  withDirectory(async (dir) => {
    const writer = await openLayoutWriter(dir);
    await assertRejects(() => writer.setTag("", descriptor("a")), LayoutError, "the tag is empty");
  }));

test("what a killed process left is removed a day later", () =>
  withDirectory(async (dir) => {
    const name = `${"a".repeat(64)}.${crypto.randomUUID()}.tmp`;
    await mkdir(`${dir}/blobs/sha256`, { recursive: true });
    const paths = [`${dir}/blobs/sha256/${name}`, `${dir}/index.json.${crypto.randomUUID()}.tmp`];
    const written = new Date("2026-01-01T00:00:00Z");
    for (const path of paths) {
      await writeFile(path, "half");
      await utimes(path, written, written);
    }
    const day = 24 * 60 * 60 * 1000;
    await openLayoutWriter(dir, { clock: () => written.getTime() + day });
    assertEquals((await files(dir)).length, 2);
    await openLayoutWriter(dir, { clock: () => written.getTime() + day + 1 });
    assertEquals(await files(dir), []);
  }));

if (runtime === "deno") {
  test("the lock of the index is waited for", () =>
    withDirectory(async (dir) => {
      const lock = await tryLockFile(`${dir}/index.json.lock`);
      assert(typeof lock === "object");
      let waits = 0;
      const sleep = async () => {
        if (++waits === 3) await lock.release();
      };
      const writer = await openLayoutWriter(dir, { sleep });
      await writer.setTag("x", descriptor("a"));
      assertEquals(waits, 3);
      assertEquals(await tagsOf(dir), ["x"]);
    }));

  test("a lock that is never released is an error after 10 seconds of waiting", () =>
    withDirectory(async (dir) => {
      const lock = await tryLockFile(`${dir}/index.json.lock`);
      assert(typeof lock === "object");
      let waited = 0;
      const sleep = (ms: number) => Promise.resolve(void (waited += ms));
      const writer = await openLayoutWriter(dir, { sleep });
      await assertRejects(
        () => writer.setTag("x", descriptor("a")),
        LayoutError,
        `${dir}/index.json.lock: locked by another process for 10 seconds`,
      );
      assertEquals(waited, 10_000);
      await lock.release();
    }));

  test("waiting for the lock ends with the signal", () =>
    withDirectory(async (dir) => {
      const lock = await tryLockFile(`${dir}/index.json.lock`);
      assert(typeof lock === "object");
      const abort = new AbortController();
      const sleep = () => Promise.resolve(abort.abort(new Error("enough")));
      const writer = await openLayoutWriter(dir, { sleep, signal: abort.signal });
      await assertRejects(() => writer.setTag("x", descriptor("a")), Error, "enough");
      await lock.release();
    }));
}
