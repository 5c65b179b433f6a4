import { readFile, stat, utimes, writeFile } from "node:fs/promises";
import {
  createAtomicFile,
  removeTemporaries,
  replaceFileIfUnchanged,
  writeFileAtomic,
} from "../../src/runtime/atomic_file.ts";
import { fileSize, listDirectory } from "../../src/runtime/files.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

const encode = (text: string) => new TextEncoder().encode(text);

test("a file appears when it is committed", () =>
  withDirectory(async (dir) => {
    const path = `${dir}/f`;
    const file = await createAtomicFile(path);
    await file.write(encode("ab"));
    await file.write(encode("c"));
    assertEquals(await fileSize(path), undefined);
    await file.commit();
    await file.discard();
    assertEquals(await readFile(path, "utf8"), "abc");
    assertEquals(await listDirectory(dir), ["f"]);
  }));

test("a file that is discarded leaves what was there", () =>
  withDirectory(async (dir) => {
    await writeFile(`${dir}/f`, "old");
    const file = await createAtomicFile(`${dir}/f`);
    await file.write(encode("new"));
    await file.discard();
    await file.discard();
    assertEquals(await readFile(`${dir}/f`, "utf8"), "old");
    assertEquals(await listDirectory(dir), ["f"]);
  }));

test("a file that cannot be put in its place leaves nothing behind", () =>
  withDirectory(async (dir) => {
    await writeFileAtomic(`${dir}/f`, encode("x"));
    await assertRejects(() => writeFileAtomic(`${dir}/f/below`, encode("y")));
    await assertRejects(() => writeFileAtomic(dir, encode("y")));
    assertEquals(await listDirectory(dir), ["f"]);
  }));

test("two writers of one file do not mix", () =>
  withDirectory(async (dir) => {
    const [a, b] = await Promise.all([createAtomicFile(`${dir}/f`), createAtomicFile(`${dir}/f`)]);
    for (let i = 0; i < 100; i++) await Promise.all([a.write(encode("a")), b.write(encode("b"))]);
    await a.commit();
    assertEquals(await readFile(`${dir}/f`, "utf8"), "a".repeat(100));
    await b.commit();
    assertEquals(await readFile(`${dir}/f`, "utf8"), "b".repeat(100));
    assertEquals(await listDirectory(dir), ["f"]);
  }));

test("a file is replaced only if it is what was expected", () =>
  withDirectory(async (dir) => {
    const path = `${dir}/f`;
    assert(!await replaceFileIfUnchanged(path, encode("1"), encode("2")));
    assertEquals(await listDirectory(dir), []);
    assert(await replaceFileIfUnchanged(path, undefined, encode("1")));
    assert(!await replaceFileIfUnchanged(path, undefined, encode("2")));
    assert(!await replaceFileIfUnchanged(path, encode("2"), encode("3")));
    assert(!await replaceFileIfUnchanged(path, encode("12"), encode("3")));
    assertEquals(await readFile(path, "utf8"), "1");
    assert(await replaceFileIfUnchanged(path, encode("1"), encode("2")));
    assertEquals(await readFile(path, "utf8"), "2");
    assertEquals(await listDirectory(dir), ["f"]);
  }));

test("of many who replace a file at once, one succeeds", () =>
  withDirectory(async (dir) => {
    const path = `${dir}/f`;
    await writeFile(path, "0");
    const outcomes = await Promise.all(
      Array.from(
        { length: 20 },
        (_, i) => replaceFileIfUnchanged(path, encode("0"), encode(`${i + 1}`)),
      ),
    );
    assertEquals(outcomes.filter((replaced) => replaced).length, 1);
    assertEquals(await readFile(path, "utf8"), `${outcomes.indexOf(true) + 1}`);
  }));

test("what killed processes left is removed when it is old, and nothing else", () =>
  withDirectory(async (dir) => {
    const [old, young] = [`f.${crypto.randomUUID()}.tmp`, `f.${crypto.randomUUID()}.tmp`];
    for (const name of [old, young, "f.tmp", "f"]) await writeFile(`${dir}/${name}`, "");
    const before = new Date((await stat(`${dir}/${young}`)).mtimeMs - 1000);
    const past = new Date(before.getTime() - 1000);
    for (const name of [old, "f.tmp", "f"]) await utimes(`${dir}/${name}`, past, past);
    await removeTemporaries(dir, before);
    assertEquals((await listDirectory(dir)).toSorted(), [young, "f", "f.tmp"].toSorted());
    await removeTemporaries(`${dir}/none`, before);
  }));
