/**
 * The bucket behind a gateway: blobs that are kept alive by being asked for.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import type { S3Client } from "../s3/client.ts";
import type { ObjectInfo, Placement } from "../s3/types.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import type { Connection } from "../transfer/connection.ts";
import { isArchived, isStale, Toucher } from "../transfer/touch.ts";
import { uploadKey } from "./layout.ts";

/** What a store is made of. */
export interface StoreOptions {
  /** Where the cache is. */
  cache: CacheOptions;
  /** How it is reached. */
  connection: Connection;
  /** Write nothing, not even a touch. */
  readOnly: boolean;
  /** Is told of what goes wrong without failing a request. */
  onWarning: (message: string) => void;
}

/** The bucket behind a gateway. */
export class Store {
  /** Where the cache is. */
  readonly cache: CacheOptions;
  /** How it is reached. */
  readonly connection: Connection;
  /** Whether nothing is written. */
  readonly readOnly: boolean;
  /** Touches, and knows whether that helps. */
  readonly toucher: Toucher;
  /** Tells of what goes wrong without failing a request. */
  readonly warn: (message: string) => void;

  /** Nothing is sent yet. */
  constructor({ cache, connection, readOnly, onWarning }: StoreOptions) {
    this.cache = cache;
    this.connection = connection;
    this.readOnly = readOnly;
    this.toucher = new Toucher(connection.client, connection.placement, connection.clock);
    this.warn = onWarning;
  }

  /** The client of the bucket. */
  get client(): S3Client {
    return this.connection.client;
  }

  /** How objects are to be kept. */
  get placement(): Placement {
    return this.connection.placement;
  }

  /**
   * Looks for a blob, on behalf of a client that will not send it if it is there.
   *
   * @param digest of the blob
   * @returns what is known of it; undefined also if it is archived, and has to be sent again
   */
  headBlob(digest: string): Promise<ObjectInfo | undefined> {
    return this.headAlive(blobKey(this.cache, digest));
  }

  /**
   * Looks for an object that never changes, and touches it if it is old.
   *
   * @param key of the object
   * @returns what is known of it; undefined also if it is archived
   */
  async headAlive(key: string): Promise<ObjectInfo | undefined> {
    const info = await this.client.head(key);
    if (!info || isArchived(info)) return undefined;
    await this.keepAlive(info);
    return info;
  }

  /**
   * Touches an object that never changes, if it is old.
   *
   * @param info what HEAD or a listing said of it
   */
  async keepAlive(info: ObjectInfo): Promise<void> {
    if (this.readOnly || !this.isStale(info)) return;
    if (await this.toucher.touch(info, {})) return;
    try {
      await this.#rewrite(info.key);
    } catch (error) {
      this.warn(`${info.key} could not be touched: ${(error as Error).message}`);
    }
  }

  /** Whether an object is so old that it has to be touched. */
  isStale(info: ObjectInfo): boolean {
    return isStale(info, this.cache, this.connection.clock());
  }

  /** There and back: for servers that do nothing when an object is copied onto itself. */
  async #rewrite(key: string): Promise<void> {
    const temporary = uploadKey(this.cache, crypto.randomUUID(), "touch");
    await this.client.copy(key, temporary);
    try {
      await this.client.copy(temporary, key, this.placement);
    } finally {
      await this.client.delete(temporary);
    }
  }
}
