/**
 * The files that hold the bytes of a bucket's objects. Each has a name of its own that is never
 * used again, belongs to one object, and does not change once it is written.
 *
 * @module
 */
import { createDirectoryMaker, createFile, linkFile, modifiedAt } from "../runtime/directory.ts";
import { listDirectory, openFile, type ReadableFile, removeFile } from "../runtime/files.ts";
import type { Content, StagedContent } from "./storage.ts";

/** What no object refers to may still be on its way in, unless it is older than this (ms). */
const LEFTOVER_AGE = 24 * 60 * 60 * 1000;

/** One file of an object's bytes. */
export interface ContentFile {
  /** Its name in the folder. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** Bytes in the files of a folder, one after another. */
export class FolderContent implements Content {
  /** The files, in order. */
  readonly files: readonly ContentFile[];
  readonly size: number;
  /** Where the files are. */
  readonly folder: ContentFolder;

  /**
   * @param folder where the files are
   * @param files in order
   */
  constructor(folder: ContentFolder, files: readonly ContentFile[]) {
    this.folder = folder;
    this.files = files;
    this.size = files.reduce((sum, file) => sum + file.size, 0);
  }

  open(): Promise<ReadableFile> {
    return this.folder.open(this);
  }
}

/** The folder of those files. */
export class ContentFolder {
  readonly #path: string;
  readonly #makeDirectory = createDirectoryMaker();
  /** How many readers hold each file. */
  readonly #readers = new Map<string, number>();
  /** Files to remove when their last reader is done. */
  readonly #doomed = new Set<string>();

  /** @param path the folder, made when it is first written to */
  constructor(path: string) {
    this.#path = path;
  }

  /** Where a file is. */
  path(name: string): string {
    return `${this.#path}/${name.slice(0, 2)}/${name}`;
  }

  /** A name that no file has, and the directory for it. */
  async #newName(): Promise<string> {
    const name = crypto.randomUUID();
    await this.#makeDirectory(`${this.#path}/${name.slice(0, 2)}`);
    return name;
  }

  /** Starts a new file. */
  async stage(): Promise<StagedContent> {
    const name = await this.#newName();
    const writer = await createFile(this.path(name));
    let size = 0;
    return {
      async write(bytes) {
        await writer.write(bytes);
        size += bytes.length;
      },
      finish: async () => {
        await writer.close();
        return new FolderContent(this, [{ name, size }]);
      },
      discard: async () => {
        await writer.close();
        await removeFile(this.path(name));
      },
    };
  }

  /** New content with the bytes of others: the same bytes on disk, under further names. */
  async copy(contents: readonly FolderContent[]): Promise<FolderContent> {
    const files: ContentFile[] = [];
    try {
      for (const content of contents) {
        for (const file of content.files) {
          const name = await this.#newName();
          await linkFile(content.folder.path(file.name), this.path(name));
          files.push({ name, size: file.size });
        }
      }
    } catch (error) {
      await this.remove(new FolderContent(this, files));
      throw error;
    }
    return new FolderContent(this, files);
  }

  /** Removes content, as soon as nobody reads it any more. */
  async remove(content: FolderContent): Promise<void> {
    for (const { name } of content.files) {
      if (this.#readers.has(name)) this.#doomed.add(name);
      else await removeFile(this.path(name));
    }
  }

  /** Opens content; a file of it only when its bytes are read, since there can be thousands. */
  open(content: FolderContent): Promise<ReadableFile> {
    for (const { name } of content.files) {
      this.#readers.set(name, (this.#readers.get(name) ?? 0) + 1);
    }
    let current: { name: string; file: ReadableFile } | undefined;
    const fileOf = async (name: string) => {
      if (current?.name === name) return current.file;
      await current?.file.close();
      current = undefined;
      current = { name, file: await openFile(this.path(name)) };
      return current.file;
    };
    return Promise.resolve({
      size: content.size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        let start = 0;
        for (const { name, size } of content.files) {
          const from = Math.max(offset - start, 0);
          const to = Math.min(offset + length - start, size);
          if (from < to) {
            const piece = await (await fileOf(name)).read(from, to - from);
            if (piece.length === length) return piece;
            bytes.set(piece, start + from - offset);
          }
          start += size;
        }
        return bytes;
      },
      close: async () => {
        await current?.file.close();
        for (const { name } of content.files) await this.#release(name);
      },
    });
  }

  async #release(name: string): Promise<void> {
    const readers = this.#readers.get(name)! - 1;
    if (readers > 0) {
      this.#readers.set(name, readers);
      return;
    }
    this.#readers.delete(name);
    if (this.#doomed.delete(name)) await removeFile(this.path(name));
  }

  /** Removes the files that a crash left behind. */
  async sweep(isUsed: (name: string) => boolean): Promise<void> {
    for (const shard of await listDirectory(this.#path)) {
      for (const name of await listDirectory(`${this.#path}/${shard}`)) {
        if (isUsed(name)) continue;
        const path = `${this.#path}/${shard}/${name}`;
        if (Date.now() - await modifiedAt(path) > LEFTOVER_AGE) await removeFile(path);
      }
    }
  }
}
