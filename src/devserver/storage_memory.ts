/**
 * Buckets in memory.
 *
 * @module
 */
import type { ReadableFile } from "../runtime/files.ts";
import { KeyIndex } from "./key_index.ts";
import type {
  Bucket,
  BucketInfo,
  Content,
  ListRange,
  ObjectRecord,
  ObjectStorage,
  ObjectTable,
  ReplaceCheck,
  StagedContent,
  StoredObject,
} from "./storage.ts";

/** The largest piece of memory that is asked for at once, whatever size a client announces. */
const MAX_CHUNK = 16 * 1024 * 1024;

/**
 * A storage that forgets everything when it is dropped.
 *
 * @returns an empty storage
 */
export function createMemoryStorage(): ObjectStorage {
  const buckets = new Map<string, Bucket>();
  return {
    buckets: () =>
      Promise.resolve(
        [...buckets.values()].map(({ info }) => info).sort((a, b) => a.name < b.name ? -1 : 1),
      ),
    bucket: (name) => Promise.resolve(buckets.get(name)),
    createBucket(info) {
      const bucket = new MemoryBucket(info);
      buckets.set(info.name, bucket);
      return Promise.resolve(bucket);
    },
    deleteBucket(name) {
      buckets.delete(name);
      return Promise.resolve();
    },
  };
}

class MemoryBucket implements Bucket {
  info: BucketInfo;
  readonly objects = new MemoryTable();
  readonly uploads = new MemoryTable();

  constructor(info: BucketInfo) {
    this.info = info;
  }

  update(info: BucketInfo): Promise<void> {
    this.info = info;
    return Promise.resolve();
  }

  stage(size?: number): Promise<StagedContent> {
    return Promise.resolve(new MemoryStage(size));
  }

  copy(contents: readonly Content[]): Promise<Content> {
    const chunks = (contents as readonly MemoryContent[]).flatMap((content) => content.chunks);
    return Promise.resolve(new MemoryContent(chunks));
  }
}

class MemoryTable implements ObjectTable {
  readonly #index = new KeyIndex<StoredObject>();

  get(key: string): Promise<StoredObject | undefined> {
    return Promise.resolve(this.#index.get(key));
  }

  // Without an await inside, checking and writing are one step.
  // deno-lint-ignore require-await
  async put(record: ObjectRecord, content: Content, check?: ReplaceCheck): Promise<void> {
    check?.(this.#index.get(record.key));
    this.#index.set(record.key, { ...record, content });
  }

  // deno-lint-ignore require-await
  async delete(key: string, check?: ReplaceCheck): Promise<void> {
    check?.(this.#index.get(key));
    this.#index.delete(key);
  }

  list(range: ListRange): Promise<StoredObject[]> {
    return Promise.resolve(this.#index.list(range));
  }
}

class MemoryContent implements Content {
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly size: number;

  constructor(chunks: readonly Uint8Array<ArrayBuffer>[]) {
    this.chunks = chunks;
    this.size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  open(): Promise<ReadableFile> {
    return Promise.resolve({
      size: this.size,
      read: (offset, length) => Promise.resolve(this.#slice(offset, length)),
      close: () => Promise.resolve(),
    });
  }

  /** A copy: what a reader does with its bytes is its own affair. */
  #slice(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const slice = new Uint8Array(length);
    let start = 0;
    for (const chunk of this.chunks) {
      const from = Math.max(offset - start, 0);
      const to = Math.min(offset + length - start, chunk.length);
      if (from < to) slice.set(chunk.subarray(from, to), start + from - offset);
      start += chunk.length;
    }
    return slice;
  }
}

class MemoryStage implements StagedContent {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** How many more bytes were announced. */
  #expected: number;
  /** How much of the last chunk is filled. */
  #filled = 0;

  constructor(size: number | undefined) {
    this.#expected = size ?? 0;
  }

  write(bytes: Uint8Array): void {
    while (bytes.length > 0) {
      const chunk = this.#lastChunk(bytes.length);
      const length = Math.min(bytes.length, chunk.length - this.#filled);
      chunk.set(bytes.subarray(0, length), this.#filled);
      this.#filled += length;
      this.#expected = Math.max(0, this.#expected - length);
      bytes = bytes.subarray(length);
    }
  }

  finish(): Content {
    const last = this.#chunks.pop();
    if (last) this.#chunks.push(last.subarray(0, this.#filled));
    return new MemoryContent(this.#chunks);
  }

  discard(): void {
    this.#chunks.length = 0;
  }

  /** The chunk to write to, which has room. */
  #lastChunk(wanted: number): Uint8Array<ArrayBuffer> {
    const last = this.#chunks.at(-1);
    if (last && this.#filled < last.length) return last;
    const chunk = new Uint8Array(Math.min(Math.max(this.#expected, wanted), MAX_CHUNK));
    this.#chunks.push(chunk);
    this.#filled = 0;
    return chunk;
  }
}
