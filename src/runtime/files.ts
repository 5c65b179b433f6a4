/**
 * Files and directories, for the local cache. node:fs is what Deno, Bun and Node have in common; it
 * is imported only when a file is touched, so that the module loads where there is none.
 *
 * @module
 */
import { requireDisk } from "./runtime.ts";

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

const fs = () => {
  requireDisk("reading or writing files");
  return import("node:fs/promises");
};

/** Whether an error is the file system's "no such file or directory". */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, "ENOENT", "ENOTDIR");
}

/** Whether an error is one of the file system's, with one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(error.code as string);
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
