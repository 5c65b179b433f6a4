import { readFile } from "node:fs/promises";
import process from "node:process";
import { runShell } from "../../src/runtime/process.ts";
import { assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

const TIMEOUT = 100_000;

/** Waits for what a program writes. */
async function readLine(path: string): Promise<string> {
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a signal kills the program, and what it has started is not waited for", () =>
  withDirectory(async (dir) => {
    const abort = new AbortController();
    const command = `sleep 100 & echo $$ $! > '${dir}/pids'; wait`;
    const running = runShell(command, { signal: abort.signal, timeout: TIMEOUT });
    const outcome = assertRejects(() => running, RangeError, "enough");
    const [shell, started] = (await readLine(`${dir}/pids`)).split(" ").map(Number);
    abort.abort(new RangeError("enough"));
    await outcome;
    assertThrows(() => process.kill(shell!, 0), Error, "ESRCH");
    // It is still there; to end it is no business of ours but in this test.
    process.kill(started!, "SIGKILL");
  }));

test("a program that takes too long is killed, which is no error", async () => {
  const command = "echo asked; kill -STOP $$";
  const { status, timedOut } = await runShell(command, { timeout: 200 });
  assertEquals([status, timedOut], [undefined, true]);
});

test("a signal that aborts before the program has begun is in time", () =>
  withDirectory(async (dir) => {
    const abort = new AbortController();
    const command = `echo begun > '${dir}/begun'`;
    const running = runShell(command, { signal: abort.signal, timeout: TIMEOUT });
    abort.abort(new RangeError("enough"));
    await assertRejects(() => running, RangeError, "enough");
    await assertRejects(() => readFile(`${dir}/begun`), Error, "ENOENT");
  }));
