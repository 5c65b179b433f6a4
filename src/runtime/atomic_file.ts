/**
 * Files that appear in one step, when they are complete.
 *
 * @module
 */
import { hasCode, isNotFound, listDirectory, removeFile } from "./files.ts";
import { requireDisk } from "./runtime.ts";

/** A file that is being written beside its place, and appears there only when it is complete. */
export interface AtomicFile {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Flushes the bytes to disk and renames the file into place. A crash may still undo the rename,
   * until {@linkcode syncDirectory} of its directory.
   */
  commit(): Promise<void>;
  /** Removes what was written; does nothing after {@linkcode commit}. */
  discard(): Promise<void>;
}

const fs = () => {
  requireDisk("writing a local cache");
  return import("node:fs/promises");
};

/**
 * Starts a file that replaces whatever is at `path` in one step when it is committed. Another
 * process never sees it half-written, and neither does one that starts after a crash.
 *
 * @param path where the file will be; its directory must exist
 */
export async function createAtomicFile(path: string): Promise<AtomicFile> {
  const { rename } = await fs();
  const temporary = await createTemporary(path);
  let committed = false;
  return {
    write: temporary.write,
    async commit() {
      await temporary.seal();
      await rename(temporary.path, path);
      committed = true;
    },
    async discard() {
      if (!committed) await temporary.discard();
    },
  };
}

/**
 * Writes a whole file, in one step, and makes it durable.
 *
 * @param path where the file will be; its directory must exist
 * @param bytes all of it
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const file = await createAtomicFile(path);
  try {
    await file.write(bytes);
    await file.commit();
  } finally {
    await file.discard();
  }
  await syncDirectory(directoryOf(path));
}

/**
 * Writes a whole file, unless somebody else changed it meanwhile. The comparison and the rename
 * are synchronous, so that nothing else in this process comes between them, and another process
 * hardly can.
 *
 * @param path where the file will be; its directory must exist
 * @param expected what the file holds now; undefined if it does not exist
 * @param bytes what it shall hold
 * @returns false if the file was not as expected, and was left alone
 */
export async function replaceFileIfUnchanged(
  path: string,
  expected: Uint8Array | undefined,
  bytes: Uint8Array,
): Promise<boolean> {
  const { readFileSync, renameSync } = await import("node:fs");
  const temporary = await createTemporary(path);
  try {
    await temporary.write(bytes);
    await temporary.seal();
    let current: Uint8Array | undefined;
    try {
      current = readFileSync(path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (!equalBytes(current, expected)) return false;
    renameSync(temporary.path, path);
  } finally {
    await temporary.discard();
  }
  await syncDirectory(directoryOf(path));
  return true;
}

const TEMPORARY = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/**
 * Removes what killed processes left of files that they never committed.
 *
 * @param directory where they were writing
 * @param before only those that nobody wrote to since
 */
export async function removeTemporaries(directory: string, before: Date): Promise<void> {
  const { stat } = await fs();
  for (const name of await listDirectory(directory)) {
    if (!TEMPORARY.test(name)) continue;
    const path = `${directory}/${name}`;
    try {
      if ((await stat(path)).mtime < before) await removeFile(path);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/**
 * Makes the renames in a directory durable: until it is on disk, a crash can undo them.
 *
 * @param path the directory
 */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await (await fs()).open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows cannot open a directory, and not every file system can flush one.
    if (!hasCode(error, "EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP")) throw error;
  }
}

async function createTemporary(path: string) {
  const { open, rm } = await fs();
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const handle = await open(temporary, "wx", 0o644);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await handle.close();
  };
  return {
    path: temporary,
    async write(bytes: Uint8Array): Promise<void> {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
        done += bytesWritten;
      }
    },
    async seal(): Promise<void> {
      await handle.sync();
      await close();
    },
    async discard(): Promise<void> {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) || ".";
}

function equalBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
