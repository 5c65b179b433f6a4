/**
 * Copying caches into another bucket, prefix, region or service.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { IntegrityError } from "../digest.ts";
import { S3Error } from "../s3/errors.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";
import { blobKey, manifestKey } from "../transfer/bucket_layout.ts";
import { type Cache, connectionOf, importCache } from "../transfer/cache.ts";
import type { TransferOptions } from "../transfer/connection.ts";
import { exportCache, type ExportReport } from "../transfer/export.ts";
import { findBlobs } from "../transfer/presence.ts";
import type { BlobSource, CacheSource, CopyTarget } from "../transfer/source.ts";
import { isArchived } from "../transfer/touch.ts";

/**
 * Copies caches under their names: of the blobs what the target does not have, then the manifests.
 * Where one service has both buckets its servers copy; else the bytes pass through here, verified.
 *
 * @example
 * ```ts
 * import { copyCache, parseAttributes } from "@s3cache/s3cache";
 *
 * const from = parseAttributes("type=s3,bucket=old,region=eu-west-1,name=app", {
 *   direction: "import",
 * });
 * const to = parseAttributes("type=s3,bucket=new,region=us-east-1", { direction: "export" });
 * try {
 *   await copyCache(from, to, {
 *     fetch: () => Promise.resolve(new Response(null, { status: 404 })),
 *   });
 * } catch (error) {
 *   console.assert((error as Error).message === "bucket old has no cache named app");
 * }
 * ```
 *
 * @param from where the caches are, and their names
 * @param to where they go; the names there play no part
 * @param settings `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns what was done for each name
 * @throws {TypeError} if both are the same
 * @throws {RangeError} if there is no cache of a name; nothing is copied then
 * @throws {IntegrityError} if a cache has lost a blob; it is not copied then
 * @throws {S3Error} if a bucket refuses
 */
export async function copyCache(
  from: CacheOptions,
  to: CacheOptions,
  settings: TransferOptions = {},
): Promise<ExportReport[]> {
  checkDistinct(from, to);
  const caches: Cache[] = [];
  for (const name of new Set(from.names)) {
    const cache = await importCache({ ...from, names: [name] }, settings);
    if (cache.names.length === 0) {
      throw new RangeError(`bucket ${from.bucket} has no cache named ${name}`);
    }
    caches.push(cache);
  }
  const reports: ExportReport[] = [];
  for (const cache of caches) {
    const source = new BucketSource(cache, from, to);
    reports.push(await exportCache(source, { ...to, names: cache.names }, settings));
  }
  return reports;
}

/** A cache in a bucket as the source of an export into another. */
class BucketSource implements CacheSource {
  readonly config: Cache["config"];
  readonly #cache: Cache;
  readonly #from: CacheOptions;
  /** What the source's listing says, by digest. */
  #found = new Map<string, ObjectInfo>();
  #canCopy: boolean;

  constructor(cache: Cache, from: CacheOptions, to: CacheOptions) {
    this.config = cache.config;
    this.#cache = cache;
    this.#from = from;
    this.#canCopy = serviceOf(from) === serviceOf(to);
  }

  openBlob(digest: string): Promise<BlobSource> {
    return this.#cache.openBlob(digest);
  }

  async checkBlobs(
    blobs: ReadonlyMap<string, number>,
    { signal }: RequestOptions,
  ): Promise<void> {
    const { client } = connectionOf(this.#cache);
    const onWarning = () => {};
    this.#found = await findBlobs(client, this.#from, blobs.keys(), { signal, onWarning });
    const lost = [...blobs].filter(([digest, size]) => {
      const info = this.#found.get(digest);
      return !info || info.size !== size || isArchived(info);
    });
    if (lost.length === 0) return;
    throw new IntegrityError(
      `cache ${this.#cache.names[0]}: ${lost.length} blobs are missing, of another size or in an ` +
        `archive, such as ${lost[0]![0]}: verify tells more, and repair leaves out what needs them`,
    );
  }

  async copyBlob(digest: string, { client, key, ...target }: CopyTarget): Promise<boolean> {
    if (!this.#canCopy) return false;
    try {
      await client.copy(blobKey(this.#from, digest), key, {
        ...target,
        sourceBucket: this.#from.bucket,
        source: this.#found.get(digest),
      });
      return true;
    } catch (error) {
      if (!(error instanceof S3Error) || error.retryable || error.status < 400) throw error;
      // The target's credentials may not read the source, or the server cannot copy.
      this.#canCopy = false;
      return false;
    }
  }
}

/** Two buckets of one service have the same. */
function serviceOf({ endpointUrl }: CacheOptions): string {
  return endpointUrl === undefined ? "aws" : new URL(endpointUrl).href;
}

function checkDistinct(from: CacheOptions, to: CacheOptions): void {
  const where = (options: CacheOptions) =>
    JSON.stringify([serviceOf(options), options.bucket, manifestKey(options, "")]);
  if (where(from) !== where(to)) return;
  throw new TypeError(`bucket ${from.bucket}: the caches are there already, under the same prefix`);
}
