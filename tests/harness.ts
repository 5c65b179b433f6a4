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

type Register = (name: string, fn: () => void | Promise<void>) => void;

const register: Register = await (async (): Promise<Register> => {
  // Node 20 has no navigator.
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") {
    return (name, fn) => void registered.push({ name, fn });
  }
  if ("Deno" in globalThis) return (name, fn) => Deno.test(name, fn);
  const nodeTest = "node:test";
  const { test } = await import(nodeTest);
  return (name, fn) => void test(name, fn);
})();

/** Registers a test with this runtime's runner. */
export function test(name: string, fn: () => void | Promise<void>): void {
  register(name, fn);
}
