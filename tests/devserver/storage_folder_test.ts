import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { createFolderStorage, createS3Server } from "../../src/devserver/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";
import { errorOf, startClient, type TestClient } from "./client.ts";

const MIB = 1024 * 1024;

/** A server over a folder, as after a start of the process. */
const startIn = (dir: string): TestClient =>
  startClient({ storage: createFolderStorage(dir), minPartSize: 1 });

/** The files below a directory, with paths relative to it. */
async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(dir.length + 1));
}

const contentFiles = async (dir: string) =>
  (await filesIn(dir)).filter((path) => path.includes("/content/"));

test("what is in a folder is there after a restart", () =>
  withDirectory(async (dir) => {
    const before = startIn(dir);
    const headers = { "content-type": "text/plain", "x-amz-meta-a": "é" };
    const etag = await before.put("/test-bucket/key", "value", { headers });
    await before.call("PUT", "/other-bucket");
    const after = startIn(dir);
    const { text, headers: found } = await after.call("GET", "/test-bucket/key");
    assertEquals([text, found.get("etag")], ["value", `"${etag}"`]);
    assertEquals(found.get("content-type"), "text/plain");
    assertEquals(found.get("last-modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
    const buckets = (await after.xml("GET", "/")).all("Buckets")[0]!.all("Bucket");
    assertEquals(buckets.map((bucket) => bucket.get("Name")), ["other-bucket", "test-bucket"]);
  }));

test("hostile keys stay within the folder, and apart from each other", () =>
  withDirectory(async (dir) => {
    const keys = [
      "../x",
      "a",
      "a/b",
      "a/b/../c",
      "/etc/passwd",
      "A",
      ".",
      "x".repeat(1024),
      "\0\n",
    ];
    const storage = createFolderStorage(`${dir}/store`);
    const bucket = await storage.createBucket({ name: "test-bucket", createdAt: 0 });
    for (const key of keys) {
      const staged = await bucket.stage();
      await staged.write(new TextEncoder().encode(key));
      const record = { key, etag: "e", lastModified: 0, headers: {} };
      await bucket.objects.put(record, await staged.finish());
    }
    assertEquals(await readdir(dir), ["store"]);
    const again = await createFolderStorage(`${dir}/store`).bucket("test-bucket");
    const found = await again!.objects.list({ prefix: "", limit: 99 });
    assertEquals(found.map(({ key }) => key), [...keys].sort());
    for (const { key, content } of found) {
      const file = await content.open();
      assertEquals(new TextDecoder().decode(await file.read(0, content.size)), key);
      await file.close();
    }
  }));

test("an object can be recovered from its record and its files", () =>
  withDirectory(async (dir) => {
    await startIn(dir).put("/test-bucket/key", "value");
    // sha256("key")
    const hash = "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683";
    const path = `${dir}/test-bucket/objects/2c/${hash}.json`;
    const { key, files } = JSON.parse(await readFile(path, "utf8"));
    const [{ name }] = files;
    const bytes = await readFile(`${dir}/test-bucket/content/${name.slice(0, 2)}/${name}`, "utf8");
    assertEquals([key, bytes], ["key", "value"]);
  }));

test("replaced and removed objects leave no files", () =>
  withDirectory(async (dir) => {
    const { call, put } = startIn(dir);
    await put("/test-bucket/a", "one");
    await put("/test-bucket/a", "two");
    assertEquals((await contentFiles(dir)).length, 1);
    await call("DELETE", "/test-bucket/a");
    assertEquals(await filesIn(dir), ["test-bucket/bucket.json"]);
    await call("DELETE", "/test-bucket");
    assertEquals(await readdir(dir), []);
  }));

test("a refused body leaves no files", () =>
  withDirectory(async (dir) => {
    const { call, put } = startIn(dir);
    await put("/test-bucket/a", "old");
    const body = "x".repeat(MIB);
    const wrongHash = await call("PUT", "/test-bucket/a", { body, sha256: "0".repeat(64) });
    assertEquals(errorOf(wrongHash), "400 XAmzContentSHA256Mismatch");
    const headers = { "if-none-match": "*" };
    const twice = await Promise.all(
      [1, 2].map(() => call("PUT", "/test-bucket/b", { body, headers })),
    );
    assertEquals(twice.map(({ status }) => status).sort(), [200, 412]);
    assertEquals((await contentFiles(dir)).length, 2);
    assertEquals((await call("GET", "/test-bucket/a")).text, "old");
  }));

test("a body that breaks off leaves no files", () =>
  withDirectory(async (dir) => {
    const server = createS3Server({ storage: createFolderStorage(dir), buckets: ["test-bucket"] });
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ === 3) controller.error(new Error("gone"));
        else controller.enqueue(new Uint8Array(MIB));
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "PUT", body, duplex: "half" };
    const answer = await server.fetch(new Request("http://s3.test/test-bucket/a", init));
    assertEquals(answer.status, 500);
    await answer.body?.cancel();
    assertEquals(await filesIn(dir), ["test-bucket/bucket.json"]);
  }));

test("a copy shares its bytes, and outlives its source", () =>
  withDirectory(async (dir) => {
    const { call, put } = startIn(dir);
    await put("/test-bucket/a", "value");
    await call("PUT", "/other-bucket");
    const headers = { "x-amz-copy-source": "test-bucket/a" };
    assertEquals((await call("PUT", "/other-bucket/b", { headers })).status, 200);
    const inodes = await Promise.all(
      (await contentFiles(dir)).map(async (path) => (await stat(`${dir}/${path}`)).ino),
    );
    assertEquals([inodes.length, new Set(inodes).size], [2, 1]);
    await call("DELETE", "/test-bucket/a");
    assertEquals((await call("GET", "/other-bucket/b")).text, "value");
  }));

test("a multipart upload goes on after a restart, and leaves only its object", () =>
  withDirectory(async (dir) => {
    const path = "/test-bucket/key";
    const first = startIn(dir);
    const id = (await first.xml("POST", `${path}?uploads`)).get("UploadId");
    const one = await first.put(`${path}?partNumber=1&uploadId=${id}`, "one");
    const second = startIn(dir);
    const two = await second.put(`${path}?partNumber=2&uploadId=${id}`, "two");
    const parts = [one, two].map((etag, i) =>
      `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`
    );
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    assertEquals((await second.call("POST", `${path}?uploadId=${id}`, { body })).status, 200);
    assertEquals((await startIn(dir).call("GET", path)).text, "onetwo");
    const files = (await filesIn(dir)).filter((file) => !file.includes("/content/"));
    assertEquals(files.length, 2, files.join());
    assertEquals((await contentFiles(dir)).length, 2);
  }));

test("an object that is replaced while it is read stays as it was", () =>
  withDirectory(async (dir) => {
    const { fetch, put } = startClient({
      storage: createFolderStorage(dir),
      credentials: [],
    });
    const old = new Uint8Array(3 * MIB).fill(1);
    await put("/test-bucket/a", old);
    const response = await fetch("http://s3.test/test-bucket/a");
    await put("/test-bucket/a", new Uint8Array(3 * MIB).fill(2));
    const bytes = new Uint8Array(await response.arrayBuffer());
    assertEquals(bytes.length, old.length);
    assert(bytes.every((byte) => byte === 1));
    assertEquals((await contentFiles(dir)).length, 1);
  }));

test("what a crash left behind is not seen, and removed in time", () =>
  withDirectory(async (dir) => {
    const before = startIn(dir);
    for (const key of ["whole", "short", "torn"]) await before.put(`/test-bucket/${key}`, "value");
    const recordOf = async (key: string) => {
      for (const path of await filesIn(`${dir}/test-bucket/objects`)) {
        const full = `${dir}/test-bucket/objects/${path}`;
        const record = JSON.parse(await readFile(full, "utf8"));
        if (record.key === key) return { full, record };
      }
      throw new Error(`no record of ${key}`);
    };
    const short = (await recordOf("short")).record.files[0].name;
    await writeFile(`${dir}/test-bucket/content/${short.slice(0, 2)}/${short}`, "val");
    const torn = await recordOf("torn");
    await writeFile(torn.full, '{"key":"to');
    await writeFile(`${torn.full}.1234.tmp`, '{"key":"to');
    const shard = `${dir}/test-bucket/content/${short.slice(0, 2)}`;
    await writeFile(`${shard}/fresh`, "being written");
    await writeFile(`${shard}/stale`, "left behind");
    await utimes(`${shard}/stale`, 0, 0);

    const after = startIn(dir);
    const list = await after.xml("GET", "/test-bucket?list-type=2");
    assertEquals(list.all("Contents").map((object) => object.get("Key")), ["whole"]);
    const left = await readdir(shard);
    assertEquals([left.includes("fresh"), left.includes("stale")], [true, false]);
    assert(!(await filesIn(dir)).some((path) => path.endsWith(".tmp")));
    await after.put("/test-bucket/torn", "mended");
    assertEquals((await startIn(dir).call("GET", "/test-bucket/torn")).text, "mended");
  }));

test("writes of one key are made one after the other", () =>
  withDirectory(async (dir) => {
    const { put } = startIn(dir);
    const bodies = Array.from({ length: 20 }, (_, i) => `body ${i}`);
    await Promise.all(bodies.map((body) => put("/test-bucket/key", body)));
    assertEquals((await contentFiles(dir)).length, 1);
    const { text } = await startIn(dir).call("GET", "/test-bucket/key");
    assert(bodies.includes(text));
  }));

test("a bucket's own file that cannot be read is said so", () =>
  withDirectory(async (dir) => {
    await startIn(dir).put("/test-bucket/key", "value");
    await writeFile(`${dir}/test-bucket/bucket.json`, "{");
    const error = await assertRejects(() => createFolderStorage(dir).bucket("test-bucket"), Error);
    assert(error.message.includes("test-bucket/bucket.json"));
  }));
