/**
 * The bucket behind a gateway: blobs that are kept alive by being asked for.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey, S3Error } from "../s3/errors.ts";
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
  /** What has been warned of, and would be true of each request. */
  readonly #warned = new Set<string>();

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
   * Asks for an object.
   *
   * @param key of the object
   * @returns what is known of it; undefined if there is none, or if it may not be looked at
   */
  async head(key: string): Promise<ObjectInfo | undefined> {
    try {
      return await this.client.head(key);
    } catch (error) {
      return this.absent(error);
    }
  }

  /**
   * Reads a small object.
   *
   * @param key of the object
   * @returns its text; undefined if there is none, or if it may not be looked at
   */
  async readText(key: string): Promise<string | undefined> {
    try {
      return await (await this.client.get(key)).text();
    } catch (error) {
      return isNoSuchKey(error) ? undefined : this.absent(error);
    }
  }

  /**
   * Takes for absent what S3 answers 403 for: without `s3:ListBucket` it does so for whatever is not
   * there. Whoever may really not read finds out when something is read or written.
   *
   * @param error what asking for an object has thrown
   * @throws the same error, if it is another one
   */
  absent(error: unknown): undefined {
    if (!isForbidden(error)) throw error;
    this.#warnOnce(
      "forbidden",
      `${error.key} counts as absent, and so does whatever else the bucket answers 403 for: it ` +
        "does so for absent objects where s3:ListBucket is not granted",
    );
  }

  /**
   * Deletes what has served its purpose. Where that fails it stays until a prune: what was asked for
   * is done.
   *
   * @param keys of the objects
   * @returns whether they are gone
   */
  async discard(keys: readonly string[]): Promise<boolean> {
    if (keys.length === 0) return true;
    try {
      const { errors: [failure] } = await this.client.deleteMany(keys);
      if (!failure) return true;
      this.#warnLeft(failure.key, failure.code);
    } catch (error) {
      this.#warnLeft(keys[0]!, error instanceof S3Error ? error.code : String(error));
    }
    return false;
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
    const info = await this.head(key);
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
      await this.discard([temporary]);
    }
  }

  #warnLeft(key: string, code: string): void {
    const message = `${key} is no longer needed and could not be deleted: ${code}`;
    if (code !== "AccessDenied") return this.warn(message);
    this.#warnOnce("undeletable", `${message}; what is left over stays until s3cache prune`);
  }

  #warnOnce(what: string, message: string): void {
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    this.warn(message);
  }
}

/** Whether S3 refuses this object, rather than the credentials or the signature. */
export function isForbidden(error: unknown): error is S3Error {
  // An answer to HEAD has no document that would tell, and its code is made from the status.
  return error instanceof S3Error && error.status === 403 &&
    (error.code === "AccessDenied" || error.code === "Forbidden");
}
