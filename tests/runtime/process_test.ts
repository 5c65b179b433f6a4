import { readFile } from "node:fs/promises";
import process from "node:process";
import { processProvider } from "s3cache";
import { runShell } from "../../src/runtime/process.ts";
import { sleep } from "../../src/sleep.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

const TIMEOUT = 100_000;

/** Asks again and again until there is an answer. */
async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(5);
  }
}

/** Who runs a program until a signal aborts. */
const RUNNERS: Record<string, (command: string, signal: AbortSignal) => Promise<unknown>> = {
  "a shell": (command, signal) => runShell(command, { signal, timeout: TIMEOUT }),
  "a credential process": (command, signal) => processProvider({ command })({ signal }),
};

for (const [name, run] of Object.entries(RUNNERS)) {
  test(`${name}: a signal kills the program, and what it has started is not waited for`, () =>
    withDirectory(async (dir) => {
      const abort = new AbortController();
      const running = run(`sleep 100 & echo $$ $! > '${dir}/pids'; wait`, abort.signal);
      const outcome = assertRejects(() => running, RangeError, "enough");
      const pids = await eventually(async () => {
        const text = await readFile(`${dir}/pids`, "utf8").catch(() => "");
        return text.endsWith("\n") ? text.split(" ").map(Number) : undefined;
      });
      abort.abort(new RangeError("enough"));
      await outcome;
      const [shell, started] = pids;
      await eventually(() => isGone(shell!) || undefined);
      // It is still there; to end it is no business of ours but in this test.
      process.kill(started!, "SIGKILL");
    }));
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    assertEquals((error as NodeJS.ErrnoException).code, "ESRCH");
    return true;
  }
}

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
