import { mkdir, writeFile } from "node:fs/promises";
import {
  fileSize,
  isDirectory,
  isNotFound,
  listDirectory,
  makeDirectory,
  openFile,
  readFile,
  removeFile,
} from "../../src/runtime/files.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

test("an open file is read at any position, by several at a time", () =>
  withDirectory(async (dir) => {
    await writeFile(`${dir}/f`, "0123456789");
    const file = await openFile(`${dir}/f`);
    try {
      assertEquals(file.size, 10);
      const parts = await Promise.all([file.read(7, 3), file.read(0, 4), file.read(10, 0)]);
      assertEquals(parts.map((part) => new TextDecoder().decode(part)), ["789", "0123", ""]);
      await assertRejects(() => file.read(8, 3), Error, `${dir}/f: ends at 10 bytes`);
    } finally {
      await file.close();
    }
  }));

test("a file has a size, a directory and nothing have none", () =>
  withDirectory(async (dir) => {
    await writeFile(`${dir}/f`, "abc");
    assertEquals(await fileSize(`${dir}/f`), 3);
    assertEquals(await fileSize(dir), undefined);
    assertEquals(await fileSize(`${dir}/none`), undefined);
    assertEquals(await fileSize(`${dir}/f/below`), undefined);
  }));

test("directories are told from files", () =>
  withDirectory(async (dir) => {
    await writeFile(`${dir}/f`, "abc");
    assert(await isDirectory(dir));
    assert(!await isDirectory(`${dir}/f`));
    assert(!await isDirectory(`${dir}/none`));
  }));

test("directories are made with those above them, and listed", () =>
  withDirectory(async (dir) => {
    await makeDirectory(`${dir}/a/b`);
    await makeDirectory(`${dir}/a/b`);
    await writeFile(`${dir}/a/f`, "");
    assertEquals((await listDirectory(`${dir}/a`)).toSorted(), ["b", "f"]);
    assertEquals(await listDirectory(`${dir}/none`), []);
  }));

test("removing a file that is not there is no error", () =>
  withDirectory(async (dir) => {
    await writeFile(`${dir}/f`, "abc");
    await removeFile(`${dir}/f`);
    await removeFile(`${dir}/f`);
    assertEquals(await listDirectory(dir), []);
  }));

test("a missing file is recognised by its error, other failures are not", () =>
  withDirectory(async (dir) => {
    assert(isNotFound(await assertRejects(() => readFile(`${dir}/none`))));
    await mkdir(`${dir}/d`);
    assert(!isNotFound(await assertRejects(() => readFile(`${dir}/d`))));
  }));
