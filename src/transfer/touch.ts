/**
 * Touching: refreshing LastModified of a blob that is still in use, so that a lifecycle rule that
 * deletes by age does not take it.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import type { S3Client } from "../s3/client.ts";
import { S3Error } from "../s3/errors.ts";
import type { ObjectInfo, Placement, RequestOptions } from "../s3/types.ts";

/** Objects whose bytes cannot be read or copied before somebody restores them. */
const ARCHIVED = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** Whether an object is in an archive: it exists, and importing it would fail. */
export function isArchived({ storageClass }: Pick<ObjectInfo, "storageClass">): boolean {
  return storageClass !== undefined && ARCHIVED.has(storageClass);
}

/** Whether a blob is so old that it has to be touched. */
export function isStale(
  { lastModified }: ObjectInfo,
  { touchRefreshMs }: Pick<CacheOptions, "touchRefreshMs">,
  now: number,
): boolean {
  return now - lastModified.getTime() > touchRefreshMs;
}

/** Touches the objects of one bucket; learns whether its server moves LastModified at all. */
export class Toucher {
  readonly #client: S3Client;
  readonly #placement: Placement;
  readonly #clock: () => number;
  #verdict: Promise<boolean> | undefined;

  /**
   * @param client of the bucket
   * @param placement what the options say, in place of what the object has
   * @param clock milliseconds since 1970
   */
  constructor(client: S3Client, placement: Placement, clock: () => number) {
    this.#client = client;
    this.#placement = placement;
    this.#clock = clock;
  }

  /**
   * Copies an object onto itself.
   *
   * Some servers answer such a copy with success and leave LastModified as it was. The first touch
   * is therefore checked; if it did not help, no other is tried.
   *
   * @param listed what a listing or HEAD said of the object
   * @param options `signal`
   * @returns false if the object is as old as before: it has to be written again
   */
  async touch(listed: ObjectInfo, options: RequestOptions): Promise<boolean> {
    if (this.#verdict) return await this.#verdict && await this.#copy(listed, options);
    this.#verdict = this.#touchAndCheck(listed, options);
    try {
      return await this.#verdict;
    } catch (error) {
      this.#verdict = undefined;
      throw error;
    }
  }

  async #touchAndCheck(listed: ObjectInfo, options: RequestOptions): Promise<boolean> {
    if (!await this.#copy(listed, options)) return false;
    const info = await this.#client.head(listed.key, options);
    return info !== undefined && info.lastModified > listed.lastModified;
  }

  /** A copy with new metadata: S3 refuses one that changes nothing. */
  async #copy({ key }: ObjectInfo, options: RequestOptions): Promise<boolean> {
    try {
      // A bare copy would reset what a listing does not tell: type, encryption, metadata.
      const source = await this.#client.head(key, options);
      if (!source) return false;
      await this.#client.copy(key, key, {
        ...source,
        ...this.#placement,
        metadata: { ...source.metadata, "updated-at": new Date(this.#clock()).toISOString() },
        metadataDirective: "REPLACE",
        source,
        sourceIfMatch: source.etag,
        ...options,
      });
      return true;
    } catch (error) {
      // One blob that cannot be touched is no reason to lose the export: it is written again.
      if (error instanceof S3Error) return false;
      throw error;
    }
  }
}
