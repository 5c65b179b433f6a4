/**
 * Which manifest holds which blob: what one of them holds alone goes when it goes.
 *
 * @module
 */
import type { CacheConfig } from "../cacheconfig/types.ts";
import { distinctBlobs } from "../transfer/source.ts";
import { DigestTable } from "./digest_table.ts";

/** What a manifest holds. */
export interface Holding {
  /** Distinct blobs. */
  blobs: number;
  /** Their size in bytes, as the manifest says. */
  bytes: number;
  /** The blobs among them that no other manifest holds. */
  exclusiveBlobs: number;
  /** The size of those in bytes. */
  exclusiveBytes: number;
}

/**
 * Collects manifests, each of which may be forgotten once it was added: what stays is some numbers
 * for each blob.
 */
export class BlobOwners {
  /** A number for each blob, by which the lists below are read. */
  readonly #places = new DigestTable();
  readonly #sizes: number[] = [];
  readonly #firstOwners: number[] = [];
  readonly #ownerCounts: number[] = [];
  readonly #holdings: Holding[] = [];
  #bytes = 0;

  /** What the manifests hold together, each blob counted once. */
  get total(): { blobs: number; bytes: number } {
    return { blobs: this.#sizes.length, bytes: this.#bytes };
  }

  /**
   * Adds a manifest.
   *
   * @param config what it says
   * @returns its number, counted from 0
   */
  add(config: CacheConfig): number {
    const number = this.#holdings.length;
    const holding = { blobs: 0, bytes: 0, exclusiveBlobs: 0, exclusiveBytes: 0 };
    this.#holdings.push(holding);
    for (const [digest, size] of distinctBlobs(config)) {
      holding.blobs++;
      holding.bytes += size;
      const place = this.#places.get(digest);
      if (place === undefined) this.#addBlob(digest, size, number);
      else this.#shareBlob(place);
    }
    return number;
  }

  /**
   * What a manifest holds, among all that were added until now.
   *
   * @param number from {@linkcode add}
   * @returns counts
   */
  holding(number: number): Holding {
    return this.#holdings[number]!;
  }

  /**
   * The manifests that hold a blob.
   *
   * @param digest of the blob
   * @returns the number of the first, and how many there are; undefined if none does
   */
  ownersOf(digest: string): { first: number; count: number } | undefined {
    const place = this.#places.get(digest);
    if (place === undefined) return undefined;
    return { first: this.#firstOwners[place]!, count: this.#ownerCounts[place]! };
  }

  #addBlob(digest: string, size: number, owner: number): void {
    this.#places.set(digest, this.#sizes.length);
    this.#sizes.push(size);
    this.#bytes += size;
    this.#firstOwners.push(owner);
    this.#ownerCounts.push(1);
    const holding = this.#holdings[owner]!;
    holding.exclusiveBlobs++;
    holding.exclusiveBytes += size;
  }

  #shareBlob(place: number): void {
    if (this.#ownerCounts[place]!++ > 1) return;
    const holding = this.#holdings[this.#firstOwners[place]!]!;
    holding.exclusiveBlobs--;
    holding.exclusiveBytes -= this.#sizes[place]!;
  }
}
