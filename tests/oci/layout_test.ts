import { LayoutError } from "../../src/oci/errors.ts";
import { blobPath, openImageLayout } from "../../src/oci/layout.ts";
import { assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeFiles } from "../temporary_directory.ts";

const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';

function refuses(what: string, files: Record<string, string>, message: string): void {
  test(`not a local cache: ${what}`, () =>
    withDirectory(async (dir) => {
      await writeFiles(dir, files);
      const error = await assertRejects(() => openImageLayout(dir), LayoutError, message);
      assertEquals(error.message.startsWith(dir), true);
    }));
}

refuses("an empty directory", {}, "not an OCI image layout");
refuses("a directory of something else", { "a.txt": "", "index.json": "{}" }, "not an OCI image");
refuses("an unfinished one", { "oci-layout": LAYOUT }, "has no index.json: no build has finished");
refuses("an index that is cut", { "oci-layout": LAYOUT, "index.json": '{"ma' }, "not JSON");
refuses("an index that is a list", { "oci-layout": LAYOUT, "index.json": "[]" }, "image index");
refuses(
  "a later version of the layout",
  { "oci-layout": '{"imageLayoutVersion":"2.0.0"}', "index.json": '{"manifests":[]}' },
  'oci-layout: imageLayoutVersion is "2.0.0", expected "1.0.0"',
);
refuses(
  "a layout file without version",
  { "oci-layout": "{}", "index.json": '{"manifests":[]}' },
  "oci-layout: imageLayoutVersion is missing",
);

test("a directory that is not there, and a file, are named as such", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { f: "" });
    const refuse = (path: string, message: string) =>
      assertRejects(() => openImageLayout(path), LayoutError, message);
    await refuse(`${dir}/none`, `${dir}/none: no such directory`);
    await refuse(`${dir}/f`, `${dir}/f: not a directory`);
    await refuse(`${dir}/f/below`, `${dir}/f/below: no such directory`);
  }));

test("an index is enough: BuildKit did not always write oci-layout", () =>
  withDirectory(async (dir) => {
    await writeFiles(dir, { "index.json": '{"schemaVersion":2,"manifests":[]}' });
    assertEquals((await openImageLayout(dir)).manifests, []);
  }));

test("a digest cannot lead out of the directory", () => {
  for (const digest of ["sha256:../../../etc/passwd", "", "sha256:" + "A".repeat(64)]) {
    assertThrows(() => blobPath("/cache", digest), LayoutError, JSON.stringify(digest));
  }
  assertEquals(
    blobPath("/cache", "sha256:" + "a".repeat(64)),
    "/cache/blobs/sha256/" + "a".repeat(64),
  );
});
