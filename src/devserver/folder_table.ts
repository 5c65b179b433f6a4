/**
 * Objects by key in a folder: a file for each record, and an index of them in memory.
 *
 * @module
 */
import { sha256Hex } from "../digest.ts";
import { forEachParallel } from "../parallel.ts";
import { createDirectoryMaker, replaceFile } from "../runtime/directory.ts";
import { fileSize, listDirectory, readFile, removeFile } from "../runtime/files.ts";
import { type ContentFile, type ContentFolder, FolderContent } from "./content_folder.ts";
import { KeyIndex } from "./key_index.ts";
import type {
  Content,
  ListRange,
  ObjectRecord,
  ObjectTable,
  ReplaceCheck,
  StoredObject,
} from "./storage.ts";

/** How many records are read at once when a folder is opened. */
const READS = 32;

/** An object as its record file has it. */
interface RecordFile extends ObjectRecord {
  readonly files: readonly ContentFile[];
}

/** An object with its files. */
interface FolderObject extends StoredObject {
  readonly content: FolderContent;
}

/** Objects by key in a folder. */
export class FolderTable implements ObjectTable {
  readonly #path: string;
  readonly #content: ContentFolder;
  readonly #makeDirectory = createDirectoryMaker();
  readonly #index = new KeyIndex<FolderObject>();
  /** For each key that is being written, the end of the last write in line. */
  readonly #writing = new Map<string, Promise<void>>();

  /**
   * @param path the folder of the records, made when it is first written to
   * @param content where the objects' bytes are
   */
  private constructor(path: string, content: ContentFolder) {
    this.#path = path;
    this.#content = content;
  }

  /** Reads what the folder holds. */
  static async open(path: string, content: ContentFolder): Promise<FolderTable> {
    const table = new FolderTable(path, content);
    for (const shard of await listDirectory(path)) {
      const names = await listDirectory(`${path}/${shard}`);
      await forEachParallel(names, READS, (name) => table.#load(`${path}/${shard}/${name}`));
    }
    return table;
  }

  async #load(path: string): Promise<void> {
    // A crash can leave a record that was not yet renamed into place.
    if (path.endsWith(".tmp")) return removeFile(path);
    let record: RecordFile;
    try {
      record = JSON.parse(new TextDecoder().decode(await readFile(path)));
      for (const { name, size } of record.files) {
        if (await fileSize(this.#content.path(name)) !== size) return;
      }
    } catch (error) {
      if (error instanceof SyntaxError) return;
      throw error;
    }
    const { files, ...rest } = record;
    this.#index.set(rest.key, { ...rest, content: new FolderContent(this.#content, files) });
  }

  /** The names of all files that hold bytes of these objects. */
  fileNames(): string[] {
    return this.#index.list({ prefix: "", limit: Infinity })
      .flatMap(({ content }) => content.files.map(({ name }) => name));
  }

  get(key: string): Promise<StoredObject | undefined> {
    return Promise.resolve(this.#index.get(key));
  }

  put(record: ObjectRecord, content: Content, check?: ReplaceCheck): Promise<void> {
    const object: FolderObject = { ...record, content: content as FolderContent };
    return this.#inTurn(record.key, async () => {
      const before = this.#index.get(record.key);
      try {
        check?.(before);
        const path = await this.#recordPath(record.key);
        await this.#makeDirectory(path.slice(0, path.lastIndexOf("/")));
        const file: RecordFile = { ...record, files: object.content.files };
        await replaceFile(path, JSON.stringify(file));
      } catch (error) {
        await this.#content.remove(object.content);
        throw error;
      }
      this.#index.set(record.key, object);
      if (before) await this.#content.remove(before.content);
    });
  }

  delete(key: string, check?: ReplaceCheck): Promise<void> {
    return this.#inTurn(key, async () => {
      const before = this.#index.get(key);
      check?.(before);
      if (!before) return;
      await removeFile(await this.#recordPath(key));
      this.#index.delete(key);
      await this.#content.remove(before.content);
    });
  }

  list(range: ListRange): Promise<StoredObject[]> {
    return Promise.resolve(this.#index.list(range));
  }

  async #recordPath(key: string): Promise<string> {
    const hash = await sha256Hex(key);
    return `${this.#path}/${hash.slice(0, 2)}/${hash}.json`;
  }

  /** Runs one write of a key after another. */
  async #inTurn(key: string, write: () => Promise<void>): Promise<void> {
    const turn = (this.#writing.get(key) ?? Promise.resolve()).then(write);
    const end = turn.catch(() => {});
    this.#writing.set(key, end);
    try {
      await turn;
    } finally {
      if (this.#writing.get(key) === end) this.#writing.delete(key);
    }
  }
}
