/**
 * What a bucket's blobs are, by one listing: so that many manifests can be held against it.
 *
 * @module
 */
import type { CacheConfig } from "../cacheconfig/types.ts";
import { isDigest } from "../digest.ts";
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";
import { blobKey, type BucketLayout } from "../transfer/bucket_layout.ts";
import { distinctBlobs } from "../transfer/source.ts";
import { isArchived } from "../transfer/touch.ts";
import { DigestTable } from "./digest_table.ts";
import type { ManageEvent } from "./settings.ts";

/** How many HEAD requests run at once. */
const HEAD_PARALLELISM = 16;

/** What keeps a blob from being read. */
export interface BlobFault {
  /**
   * `missing`: it is not there; `size`: it has another size than the manifest says; `archived`: it
   * has to be restored before it can be read; `digest`: its bytes are not those of its name;
   * `diff-id`: what it unpacks to is not what the manifest says.
   */
  kind: "missing" | "size" | "archived" | "digest" | "diff-id";
  /** For people. */
  message: string;
}

/** How to read the index. */
export interface BlobIndexOptions extends RequestOptions {
  /** Is told of every page. */
  onProgress?: (event: ManageEvent) => void;
}

/** The blobs that a bucket has: 1,000,000 of them in less than 200 MB. */
export class BlobIndex {
  readonly #client: S3Client;
  readonly #layout: BucketLayout;
  readonly #sizes = new DigestTable();
  readonly #archived = new DigestTable();
  /** What was looked for again and is not there. */
  readonly #absent = new DigestTable();

  /** Used by {@linkcode readBlobIndex}. */
  constructor(client: S3Client, layout: BucketLayout) {
    this.#client = client;
    this.#layout = layout;
  }

  /** Takes a blob in. */
  add(digest: string, info: ObjectInfo): void {
    this.#sizes.set(digest, info.size);
    if (isArchived(info)) this.#archived.set(digest, 1);
  }

  /**
   * Finds the blobs of a config that cannot be read. What the listing lacks is asked for, since an
   * export may have written it after the listing.
   *
   * @param config whose layers have annotations
   * @param options `signal`
   * @returns what is wrong, by digest; empty if nothing is
   */
  async faultsOf(
    config: CacheConfig,
    { signal }: RequestOptions,
  ): Promise<Map<string, BlobFault>> {
    const faults = new Map<string, BlobFault>();
    const doubtful = [...distinctBlobs(config)].filter(([digest, size]) => {
      return this.#fault(digest, size) !== undefined;
    });
    await forEachParallel(doubtful, HEAD_PARALLELISM, async ([digest, size], signal) => {
      if (!this.#absent.has(digest)) {
        const info = await this.#client.head(blobKey(this.#layout, digest), { signal });
        if (info) this.add(digest, info);
        else this.#absent.set(digest, 1);
      }
      const fault = this.#fault(digest, size);
      if (fault) faults.set(digest, fault);
    }, signal);
    return faults;
  }

  #fault(digest: string, expected: number): BlobFault | undefined {
    const size = this.#absent.has(digest) ? undefined : this.#sizes.get(digest);
    if (size === undefined) return { kind: "missing", message: "is not in the bucket" };
    if (size !== expected) {
      return { kind: "size", message: `has ${size} bytes, the manifest says ${expected}` };
    }
    if (this.#archived.has(digest)) {
      return { kind: "archived", message: "is in an archive, and has to be restored to be read" };
    }
    return undefined;
  }
}

/**
 * Lists the blobs of a cache.
 *
 * @param client of the bucket
 * @param layout the cache's prefixes
 * @param options `signal`, `onProgress`
 * @returns what there is
 */
export async function readBlobIndex(
  client: S3Client,
  layout: BucketLayout,
  { signal, onProgress }: BlobIndexOptions,
): Promise<BlobIndex> {
  const index = new BlobIndex(client, layout);
  const prefix = blobKey(layout, "");
  let objects = 0;
  for await (const page of client.listPages({ prefix: `${prefix}sha256:`, signal })) {
    for (const info of page.objects) {
      const digest = info.key.slice(prefix.length);
      if (isDigest(digest)) index.add(digest, info);
    }
    onProgress?.({ type: "listed", objects: objects += page.objects.length });
  }
  return index;
}
