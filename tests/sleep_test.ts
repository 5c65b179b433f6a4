import { sleep } from "../src/sleep.ts";
import { assert, assertEquals, assertRejects } from "./assert.ts";
import { test } from "./harness.ts";

test("sleep waits", async () => {
  let woken = false;
  const sleeping = sleep(5).then(() => woken = true);
  await Promise.resolve();
  assert(!woken);
  await sleeping;
  assert(woken);
});

test("sleep ends with the reason of its signal, before it starts and while it waits", async () => {
  const reason = new Error("enough");
  assertEquals(await assertRejects(() => sleep(60_000, AbortSignal.abort(reason))), reason);
  const abort = new AbortController();
  const sleeping = sleep(60_000, abort.signal);
  abort.abort(reason);
  assertEquals(await assertRejects(() => sleeping), reason);
});
