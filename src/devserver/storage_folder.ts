/**
 * Buckets in a folder:
 *
 * ```text
 * <folder>/<bucket>/bucket.json                    what is known of the bucket
 * <folder>/<bucket>/objects/<hh>/<hash>.json       an object: key, headers, names of its files
 * <folder>/<bucket>/uploads/<hh>/<hash>.json       the same for uploads in progress and their parts
 * <folder>/<bucket>/content/<nn>/<name>            the bytes
 * ```
 *
 * `<hash>` is the SHA-256 of the key, so that a key can be anything: `../x`, `a` beside `a/b`, or
 * 1,024 bytes long. An object whose key is known is found without the server, and its bytes are
 * those of the files it names, one after another.
 *
 * The bytes are written first and the record is renamed into place last: a crash leaves each object
 * whole or absent. Nothing is flushed to disk, so that a power cut can lose what was written last;
 * a record that does not fit its files is passed over. One process at a time may use a folder.
 *
 * @module
 */
import { removeDirectory, replaceFile } from "../runtime/directory.ts";
import {
  isDirectory,
  isNotFound,
  listDirectory,
  makeDirectory,
  readFile,
} from "../runtime/files.ts";
import { ContentFolder, type FolderContent } from "./content_folder.ts";
import { FolderTable } from "./folder_table.ts";
import type { Bucket, BucketInfo, Content, ObjectStorage, StagedContent } from "./storage.ts";

/**
 * A storage in a folder.
 *
 * @param path the folder, made if it is not there
 * @returns the storage; what the folder holds is read when a bucket is first used
 */
export function createFolderStorage(path: string): ObjectStorage {
  const open = new Map<string, Promise<FolderBucket | undefined>>();
  const bucket = (name: string) => {
    const known = open.get(name) ?? openBucket(`${path}/${name}`);
    open.set(name, known);
    return known.then((found) => {
      if (!found) open.delete(name);
      return found;
    });
  };
  return {
    bucket,
    async buckets() {
      const names = (await listDirectory(path)).sort();
      const found = await Promise.all(names.map(bucket));
      return found.flatMap((bucket) => bucket ? [bucket.info] : []);
    },
    async createBucket(info) {
      await makeDirectory(`${path}/${info.name}`);
      await writeInfo(`${path}/${info.name}`, info);
      open.delete(info.name);
      return (await bucket(info.name))!;
    },
    async deleteBucket(name) {
      open.delete(name);
      await removeDirectory(`${path}/${name}`);
    },
  };
}

async function openBucket(path: string): Promise<FolderBucket | undefined> {
  const info = await readInfo(path);
  if (!info) return undefined;
  const content = new ContentFolder(`${path}/content`);
  const objects = await FolderTable.open(`${path}/objects`, content);
  const uploads = await FolderTable.open(`${path}/uploads`, content);
  const used = new Set([...objects.fileNames(), ...uploads.fileNames()]);
  await content.sweep((name) => used.has(name));
  return new FolderBucket(path, info, content, objects, uploads);
}

class FolderBucket implements Bucket {
  info: BucketInfo;
  readonly objects: FolderTable;
  readonly uploads: FolderTable;
  readonly #path: string;
  readonly #content: ContentFolder;

  constructor(
    path: string,
    info: BucketInfo,
    content: ContentFolder,
    objects: FolderTable,
    uploads: FolderTable,
  ) {
    this.#path = path;
    this.info = info;
    this.#content = content;
    this.objects = objects;
    this.uploads = uploads;
  }

  async update(info: BucketInfo): Promise<void> {
    await writeInfo(this.#path, info);
    this.info = info;
  }

  stage(): Promise<StagedContent> {
    return this.#content.stage();
  }

  copy(contents: readonly Content[]): Promise<Content> {
    return this.#content.copy(contents as readonly FolderContent[]);
  }
}

function writeInfo(path: string, info: BucketInfo): Promise<void> {
  return replaceFile(`${path}/bucket.json`, JSON.stringify(info));
}

/** What is known of a bucket; undefined if the folder is none. */
async function readInfo(path: string): Promise<BucketInfo | undefined> {
  if (!await isDirectory(path)) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await readFile(`${path}/bucket.json`)));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`${path}/bucket.json: cannot be read: ${error}`, { cause: error });
  }
}
