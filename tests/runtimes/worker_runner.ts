/** Runs what tests/harness.ts registered, and prints how it went. */
import { registered } from "../harness.ts";

/**
 * Runs all registered tests, one after the other.
 *
 * @throws {Error} if one of them failed
 */
export async function runRegistered(): Promise<void> {
  let failed = 0;
  for (const { name, fn } of registered) {
    try {
      await fn();
    } catch (error) {
      failed++;
      console.log(`FAILED ${name}\n${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  // scripts/runtimes/workerd.ts reads this line.
  console.log(`tests: ${registered.length - failed} passed, ${failed} failed`);
  if (failed > 0) throw new Error(`${failed} of ${registered.length} tests failed`);
}
