/**
 * Files, for the local cache. node:fs is what Deno, Bun and Node have in common; it is imported
 * only when a file is touched, so that the module loads where there is none.
 *
 * @module
 */
import { requireDisk, runtime } from "./runtime.ts";

/** A source of bytes that can be read at any position, more than once and by several at a time. */
export interface RandomAccess {
  /** In bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes at `offset`; fails if the source ends before. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** An open file. */
export interface ReadableFile extends RandomAccess {
  /** Gives the file back. */
  close(): Promise<void>;
}

/** A file that is being written beside its place, and appears there only when it is complete. */
export interface AtomicFile {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes to disk and renames into place; the file is then as durable as the disk. */
  commit(): Promise<void>;
  /** Removes what was written; does nothing after {@linkcode commit}. */
  discard(): Promise<void>;
}

const fs = () => {
  requireDisk("reading or writing a local cache");
  return import("node:fs/promises");
};

/** Whether an error is the file system's "no such file or directory". */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Reads a whole file. */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fs()).readFile(path));
}

/** The size of a file in bytes, or undefined if there is none; a directory has no size here. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const stat = await (await fs()).stat(path);
    return stat.isFile() ? stat.size : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Whether there is a directory at a path. */
export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await (await fs()).stat(path)).isDirectory();
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Makes a directory and those above it. */
export async function makeDirectory(path: string): Promise<void> {
  await (await fs()).mkdir(path, { recursive: true });
}

/** The names in a directory; none if it does not exist. */
export async function listDirectory(path: string): Promise<string[]> {
  try {
    return await (await fs()).readdir(path);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Removes a file, if it is there. */
export async function removeFile(path: string): Promise<void> {
  await (await fs()).rm(path, { force: true });
}

/** Opens a file to read at any position. */
export async function openFile(path: string): Promise<ReadableFile> {
  const handle = await (await fs()).open(path, "r");
  try {
    const { size } = await handle.stat();
    return {
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length;) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) {
            throw new Error(`${path}: ends at ${offset + done} bytes, not ${size}`);
          }
          done += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Starts a file that replaces whatever is at `path` in one step when it is committed. Another
 * process never sees it half-written, and neither does one that starts after a crash.
 *
 * @param path where the file will be; its directory must exist
 */
export async function createAtomicFile(path: string): Promise<AtomicFile> {
  const { open, rename, rm } = await fs();
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const handle = await open(temporary, "wx", 0o644);
  let open_ = true;
  const close = async () => {
    if (open_) await handle.close();
    open_ = false;
  };
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
        done += bytesWritten;
      }
    },
    async commit() {
      await handle.sync();
      await close();
      await rename(temporary, path);
      await syncDirectory(path.slice(0, path.lastIndexOf("/") + 1) || ".");
    },
    async discard() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}

/** Makes a rename durable: until its directory is on disk, a crash can undo it. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await (await fs()).open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a whole file, in one step. */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const file = await createAtomicFile(path);
  try {
    await file.write(bytes);
    await file.commit();
  } finally {
    await file.discard();
  }
}

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
    const current = await Deno.stat(path).catch(() => undefined);
    if (!current || current.ino !== (await file.stat()).ino) return undefined;
    keep = true;
  } finally {
    if (!keep) file.close();
  }
  return {
    async release() {
      await removeFile(path);
      file.close();
    },
  };
}

/** The part of Deno.FsFile that the lock uses. */
interface DenoFile {
  tryLock(exclusive: boolean): Promise<boolean>;
  stat(): Promise<{ ino: number | null }>;
  close(): void;
}
