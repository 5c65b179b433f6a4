/**
 * flock(2), by which BuildKit's client keeps two writers of one local cache apart. Deno can take
 * it; Node and Bun have no call for it.
 *
 * @module
 */
import { isNotFound, removeFile } from "./files.ts";
import { runtime } from "./runtime.ts";

/** An exclusive lock on a file, held by this process until it is released. */
export interface FileLock {
  /** Gives the lock back and removes its file. */
  release(): Promise<void>;
}

/**
 * Takes flock(2) on a lock file, where the runtime can: Deno has it, Node and Bun do not.
 *
 * @param path the lock file, made if it is not there
 * @returns the lock; undefined if somebody else holds it, `"unsupported"` where there is no flock
 */
export async function tryLockFile(path: string): Promise<FileLock | undefined | "unsupported"> {
  if (runtime !== "deno") return "unsupported";
  const { Deno } = globalThis as unknown as {
    Deno: {
      open(path: string, options: { write: true; create: true }): Promise<DenoFile>;
      stat(path: string): Promise<{ ino: number | null }>;
    };
  };
  const file = await Deno.open(path, { write: true, create: true });
  let keep = false;
  try {
    if (!await file.tryLock(true)) return undefined;
    // Who releases the lock removes its file: a lock on a removed file keeps nobody out.
    const current = await Deno.stat(path).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
    if (!current || current.ino !== (await file.stat()).ino) return undefined;
    keep = true;
  } finally {
    if (!keep) file.close();
  }
  return {
    async release() {
      try {
        await removeFile(path);
      } finally {
        file.close();
      }
    },
  };
}

/** The part of Deno.FsFile that the lock uses. */
interface DenoFile {
  tryLock(exclusive: boolean): Promise<boolean>;
  stat(): Promise<{ ino: number | null }>;
  close(): void;
}
