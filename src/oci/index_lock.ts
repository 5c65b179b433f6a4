/**
 * The lock of `index.json`, which BuildKit's client holds while it changes that file.
 *
 * @module
 */
import { type FileLock, tryLockFile } from "../runtime/file_lock.ts";
import { LayoutError } from "./errors.ts";

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 20;

/**
 * Takes the lock; waits for up to 10 seconds if somebody has it. BuildKit does not wait but fails
 * at once, so it must be given back soon.
 *
 * @param path of the index
 * @param sleep waits
 * @param signal ends waiting
 * @returns the lock; undefined on a runtime that has no locks
 * @throws {LayoutError} if somebody else keeps it
 */
export async function lockIndex(
  path: string,
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<FileLock | undefined> {
  for (let waited = 0; waited < TIMEOUT_MS; waited += INTERVAL_MS) {
    signal?.throwIfAborted();
    const lock = await tryLockFile(`${path}.lock`);
    if (lock === "unsupported") return undefined;
    if (lock) return lock;
    await sleep(INTERVAL_MS, signal);
  }
  throw new LayoutError(
    `${path}.lock: locked by another process for ${TIMEOUT_MS / 1000} seconds, tag not written`,
  );
}
