/**
 * One way to write a test for four runtimes: Deno's runner on Deno, `node:test` on Node and Bun,
 * and on workerd a list that tests/runtimes/workerd.ts runs.
 */

/** A registered test. */
export interface Test {
  name: string;
  fn: () => void | Promise<void>;
}

/** What was registered where the runtime has no runner of its own. */
export const registered: Test[] = [];

/** In milliseconds; Node itself would wait for ever. */
const TIMEOUT = 120_000;

type Register = (name: string, fn: () => void | Promise<void>) => void;

const register: Register = await (async (): Promise<Register> => {
  // Node 20 has no navigator.
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") {
    return (name, fn) => void registered.push({ name, fn });
  }
  if ("Deno" in globalThis) return (name, fn) => Deno.test(name, fn);
  const nodeTest = "node:test";
  const { test } = await import(nodeTest);
  return (name, fn) => void test(name, { timeout: TIMEOUT }, () => keepAlive(fn));
})();

/** Registers a test with this runtime's runner. */
export function test(name: string, fn: () => void | Promise<void>): void {
  register(name, fn);
}

/** Node ends while a test waits for nothing but AbortSignal.timeout, which keeps no process up. */
async function keepAlive(fn: () => void | Promise<void>): Promise<void> {
  const timer = setInterval(() => {}, TIMEOUT);
  try {
    await fn();
  } finally {
    clearInterval(timer);
  }
}
