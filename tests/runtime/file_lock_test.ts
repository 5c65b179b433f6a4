import { type FileLock, tryLockFile } from "../../src/runtime/file_lock.ts";
import { fileSize } from "../../src/runtime/files.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

if (runtime === "deno") {
  const lockFile = async (path: string): Promise<FileLock | undefined> => {
    const lock = await tryLockFile(path);
    assert(lock !== "unsupported");
    return lock;
  };

  test("one holds the lock, until it is released; its file goes with it", () =>
    withDirectory(async (dir) => {
      const path = `${dir}/l`;
      const first = await lockFile(path);
      assert(first);
      assertEquals(await lockFile(path), undefined);
      await first.release();
      assertEquals(await fileSize(path), undefined);
      const second = await lockFile(path);
      assert(second);
      await second.release();
    }));

  test("a lock file that somebody left does not matter, only who holds it", () =>
    withDirectory(async (dir) => {
      const path = `${dir}/l`;
      const holder = await Deno.open(path, { write: true, create: true });
      assert(await holder.tryLock(false));
      assertEquals(await lockFile(path), undefined);
      holder.close();
      const lock = await lockFile(path);
      assert(lock);
      await lock.release();
    }));

  test("another process that uses flock(2) is kept out, and keeps us out", () =>
    withDirectory(async (dir) => {
      const path = `${dir}/l`;
      // A process of its own: locks of one process must not merely exclude each other.
      const script = `const file = await Deno.open(Deno.args[0], { write: true, create: true });
        console.log(await file.tryLock(true));
        await Deno.stdin.read(new Uint8Array(1));`;
      await Deno.writeTextFile(`${dir}/holder.ts`, script);
      const start = () =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-config", `${dir}/holder.ts`, path],
          stdin: "piped",
          stdout: "piped",
        }).spawn();
      const firstWord = async (child: Deno.ChildProcess) => {
        const reader = child.stdout.getReader();
        const { value } = await reader.read();
        reader.releaseLock();
        return new TextDecoder().decode(value).trim();
      };
      const stop = async (child: Deno.ChildProcess) => {
        await child.stdin.close();
        await child.output();
      };

      const holder = start();
      assertEquals(await firstWord(holder), "true");
      assertEquals(await lockFile(path), undefined);
      await stop(holder);

      const lock = await lockFile(path);
      assert(lock);
      const loser = start();
      assertEquals(await firstWord(loser), "false");
      await stop(loser);
      await lock.release();
    }));
} else {
  test("where there is no flock, that is said", () =>
    withDirectory(async (dir) => {
      assertEquals(await tryLockFile(`${dir}/l`), "unsupported");
      assertEquals(await fileSize(`${dir}/l`), undefined);
    }));
}
