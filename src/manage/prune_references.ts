/**
 * Which blobs are in use, by the manifests of caches and by whatever else holds them.
 *
 * @module
 */
import type { CacheConfig } from "../cacheconfig/types.ts";
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import { blobKey, type BucketLayout } from "../transfer/bucket_layout.ts";
import { distinctBlobs } from "../transfer/source.ts";
import { DigestTable } from "./digest_table.ts";
import { type ListedManifest, readManifests } from "./manifests.ts";
import { PruneRefusedError } from "./prune_guard.ts";
import { versionOf } from "./version.ts";

/** The place in the order of retirement of what does not retire. */
export const STAYS: number = Number.MAX_SAFE_INTEGER;

const HEAD_PARALLELISM = 16;

/** Metadata of a cache's manifest that a gateway wrote: the digest of what was pushed. */
const PUSHED_DIGEST = "s3cache-pushed";

/** A manifest that refers to blobs which a prune has deleted. */
export interface DamagedManifest {
  /** The key of the manifest. */
  key: string;
  /** Digests of the blobs. */
  blobs: string[];
}

/** Collects references. Of each blob it knows which of the manifests that hold it goes last. */
export class References {
  /** Digests of manifests that a gateway keeps, and that a cache claims as its own. */
  readonly claims: Set<string> = new Set();
  readonly #client: S3Client;
  readonly #layouts: readonly BucketLayout[];
  readonly #places = new DigestTable();
  /** Bytes of the blobs that go with the manifest of a place. */
  readonly #bytes = new Map<number, number>();
  /** What the listing said of each manifest that was read, by key: the bytes are not older. */
  readonly #versions = new Map<string, string>();
  /** Blobs that this prune has deleted. */
  readonly #deleted = new DigestTable();
  /** Manifests that turned up after a blob of theirs was deleted. */
  readonly #suspects = new Map<string, CacheConfig>();

  /**
   * Makes an empty collection.
   *
   * @param client of the bucket
   * @param layouts the cache's own, and one for each further manifest prefix
   */
  constructor(client: S3Client, layouts: readonly BucketLayout[]) {
    this.#client = client;
    this.#layouts = layouts;
  }

  /** Distinct blobs that are known. */
  get size(): number {
    return this.#places.size;
  }

  /** How many manifests were read. */
  get manifests(): number {
    return this.#versions.size;
  }

  /** Whether a manifest of this place or a later one holds a blob. */
  has(digest: string, place: number): boolean {
    return (this.#places.get(digest) ?? -1) >= place;
  }

  /** Bytes of the blobs that manifests of this place and later ones hold. */
  bytesFrom(place: number): number {
    let sum = 0;
    for (const [at, bytes] of this.#bytes) if (at >= place) sum += bytes;
    return sum;
  }

  /** Notes that a blob is deleted: whoever refers to it from now on has lost it. */
  deleted(digest: string): void {
    this.#deleted.set(digest, 1);
  }

  /** Has a manifest read again by the next refresh, though it seems to be as it was. */
  forget(key: string): void {
    this.#versions.delete(key);
  }

  /**
   * Reads what is new or changed since the last time.
   *
   * @param signal ends it
   * @param placeOf the place of a manifest in the order of retirement; none retires if not given
   * @throws {PruneRefusedError} if one cannot be read
   */
  async refresh(
    signal: AbortSignal | undefined,
    placeOf: (manifest: ListedManifest) => number = () => STAYS,
  ): Promise<void> {
    const isWanted = ({ key, info }: ListedManifest) => this.#versions.get(key) !== versionOf(info);
    for (const layout of this.#layouts) {
      for await (const manifest of readManifests(this.#client, layout, { signal, isWanted })) {
        const { key, info, config, error } = manifest;
        if (!config) {
          throw new PruneRefusedError(
            `${
              error!.message
            }: while a manifest cannot be read nobody knows which blobs it needs; ` +
              "repair or delete it first",
            { cause: error },
          );
        }
        this.#versions.set(key, versionOf(info));
        this.#add(config, placeOf(manifest));
        const pushed = manifest.metadata?.[PUSHED_DIGEST];
        if (pushed !== undefined) this.claims.add(pushed);
        if (config.layers.some(({ blob }) => this.#deleted.has(blob))) {
          this.#suspects.set(key, config);
        }
      }
    }
  }

  /** Has a blob stay. */
  hold(digest: string): void {
    this.#place(digest, 0, STAYS);
  }

  /**
   * Finds out who has lost a blob: manifests that were written while this prune deleted blobs that
   * they refer to.
   *
   * @param signal ends it
   * @returns the manifests, with the blobs that are gone
   */
  async findDamage(signal: AbortSignal | undefined): Promise<DamagedManifest[]> {
    await this.refresh(signal);
    const damaged: DamagedManifest[] = [];
    for (const [key, config] of this.#suspects) {
      const lost = [...distinctBlobs(config).keys()].filter((blob) => this.#deleted.has(blob));
      const blobs: string[] = [];
      await forEachParallel(lost, HEAD_PARALLELISM, async (blob, signal) => {
        const found = await this.#client.head(blobKey(this.#layouts[0]!, blob), { signal });
        if (!found) blobs.push(blob);
      }, signal);
      if (blobs.length > 0) damaged.push({ key, blobs: blobs.sort() });
    }
    return damaged;
  }

  #add(config: CacheConfig, place: number): void {
    for (const [digest, size] of distinctBlobs(config)) this.#place(digest, size, place);
  }

  #place(digest: string, size: number, place: number): void {
    const before = this.#places.get(digest);
    if (before !== undefined && before >= place) return;
    this.#places.set(digest, place);
    const count = (at: number, bytes: number) =>
      this.#bytes.set(at, (this.#bytes.get(at) ?? 0) + bytes);
    if (before !== undefined) count(before, -size);
    count(place, size);
  }
}
