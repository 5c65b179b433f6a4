/**
 * Files of a directory that is used as a store: written once, linked, replaced and removed.
 *
 * @module
 */
import { requireDisk } from "./runtime.ts";

const fs = () => {
  requireDisk("keeping objects in a directory");
  return import("node:fs/promises");
};

/** A file that is being written. */
export interface FileWriter {
  /** Appends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the file. */
  close(): Promise<void>;
}

/** Makes a new file to write to; fails if there is one already. */
export async function createFile(path: string): Promise<FileWriter> {
  const handle = await (await fs()).open(path, "wx", 0o644);
  return {
    async write(bytes) {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
        done += bytesWritten;
      }
    },
    close: () => handle.close(),
  };
}

/**
 * Writes a small file in one step: a reader sees the old file or the new one. It is not flushed to
 * disk: a crash of the process loses nothing, a power cut may.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const { rename, rm, writeFile } = await fs();
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Gives a file a second name, or copies it where the file system has no hard links. */
export async function linkFile(from: string, to: string): Promise<void> {
  const { constants, copyFile, link } = await fs();
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** Gives a function that makes directories, and those above them, each only once. */
export function createDirectoryMaker(): (path: string) => Promise<void> {
  const made = new Set<string>();
  return async (path) => {
    if (made.has(path)) return;
    await (await fs()).mkdir(path, { recursive: true });
    made.add(path);
  };
}

/** Removes a directory and all that is in it. */
export async function removeDirectory(path: string): Promise<void> {
  await (await fs()).rm(path, { recursive: true, force: true });
}

/** When a file was last written, in milliseconds since 1970. */
export async function modifiedAt(path: string): Promise<number> {
  return (await (await fs()).stat(path)).mtimeMs;
}
