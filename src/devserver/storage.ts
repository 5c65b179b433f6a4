/**
 * What the server keeps its buckets in. The rules of S3 are all in the server: a storage only
 * holds named bytes, in order.
 *
 * @module
 */
import type { ReadableFile } from "../runtime/files.ts";
import type { Checksum } from "./checksum.ts";

/** The bytes of an object. They never change: an object is only ever replaced as a whole. */
export interface Content {
  /** In bytes. */
  readonly size: number;
  /** Opens the bytes; they stay readable until closed, even if the object is removed meanwhile. */
  open(): Promise<ReadableFile>;
}

/** Bytes that are on their way in, and belong to no object yet. */
export interface StagedContent {
  /** Appends a copy of the bytes. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** Ends it; the content goes into {@linkcode ObjectTable.put} next. */
  finish(): Content | Promise<Content>;
  /** Gives it up. */
  discard(): void | Promise<void>;
}

/** What is known of an object beside its bytes. */
export interface ObjectRecord {
  /** Any text. */
  readonly key: string;
  /** Without its quotes. */
  readonly etag: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly lastModified: number;
  /** The headers that came with it and go back with it: content-type, x-amz-meta-*, and so on. */
  readonly headers: Readonly<Record<string, string>>;
  /** The sizes of the parts of a multipart upload, in bytes. */
  readonly partSizes?: readonly number[];
  /** The checksum that the client sent and the server verified. */
  readonly checksum?: Checksum;
}

/** An object. */
export interface StoredObject extends ObjectRecord {
  /** Its bytes. */
  readonly content: Content;
}

/** Which objects to list. */
export interface ListRange {
  /** Only keys that begin with this. */
  prefix: string;
  /** Only keys that come after this one. */
  after?: string | undefined;
  /** Only keys that come after all those that begin with this. */
  past?: string | undefined;
  /** At most so many. */
  limit: number;
}

/** Looks at what is there, if anything, and throws if it must not be replaced or removed. */
export type ReplaceCheck = (current: StoredObject | undefined) => void;

/** Objects by key. */
export interface ObjectTable {
  /** The object, if there is one. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes an object, in one step. The content belongs to the table from here on, also when the
   * check throws: it is then discarded.
   */
  put(record: ObjectRecord, content: Content, check?: ReplaceCheck): Promise<void>;
  /** Removes an object, if it is there. */
  delete(key: string, check?: ReplaceCheck): Promise<void>;
  /** Objects in the order of the UTF-8 bytes of their keys. */
  list(range: ListRange): Promise<StoredObject[]>;
}

/** What is known of a bucket beside its objects. */
export interface BucketInfo {
  /** The bucket's name, which S3's rules make safe as a file name. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The lifecycle configuration, as its XML came. */
  readonly lifecycle?: string;
}

/** A bucket. */
export interface Bucket {
  /** What is known of it. */
  readonly info: BucketInfo;
  /** Changes what is known of it. */
  update(info: BucketInfo): Promise<void>;
  /** Its objects. */
  readonly objects: ObjectTable;
  /** Its multipart uploads in progress and their parts, in the same form. */
  readonly uploads: ObjectTable;
  /**
   * Takes in bytes.
   *
   * @param size how many there will be, if that is known
   */
  stage(size?: number): Promise<StagedContent>;
  /** New content with the bytes of others one after another, without copying where it can. */
  copy(contents: readonly Content[]): Promise<Content>;
}

/** Buckets by name. */
export interface ObjectStorage {
  /** All of them, by name. */
  buckets(): Promise<BucketInfo[]>;
  /** The bucket, if there is one. */
  bucket(name: string): Promise<Bucket | undefined>;
  /** Makes a bucket that is not there yet. */
  createBucket(info: BucketInfo): Promise<Bucket>;
  /** Removes a bucket and what is left in it. */
  deleteBucket(name: string): Promise<void>;
}
