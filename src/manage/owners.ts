/**
 * Which manifest holds which blob: what one of them holds alone goes when it goes.
 *
 * @module
 */
import type { CacheConfig } from "../cacheconfig/types.ts";
import { distinctBlobs } from "../transfer/source.ts";

/** The owner of a blob that several manifests hold. */
const SEVERAL = -1;

/** A blob that manifests hold. */
export interface OwnedBlob {
  /** In bytes, as the first manifest says that holds it. */
  size: number;
  /** The number of the manifest that alone holds it; -1 if several do. */
  owner: number;
}

/** What a manifest holds. */
export interface Holding {
  /** Distinct blobs. */
  blobs: number;
  /** Their size in bytes, as the manifest says. */
  bytes: number;
  /** The bytes of those that no other manifest holds. */
  exclusiveBytes: number;
}

/**
 * Collects manifests, each of which may be forgotten once it was added: what stays is one entry for
 * each blob.
 */
export class BlobOwners {
  /** The blobs by digest. */
  readonly blobs: Map<string, OwnedBlob> = new Map();
  readonly #holdings: Holding[] = [];

  /**
   * Adds a manifest.
   *
   * @param config what it says
   * @returns its number, counted from 0
   */
  add(config: CacheConfig): number {
    const number = this.#holdings.length;
    const holding = { blobs: 0, bytes: 0, exclusiveBytes: 0 };
    this.#holdings.push(holding);
    for (const [digest, size] of distinctBlobs(config)) {
      holding.blobs++;
      holding.bytes += size;
      const blob = this.blobs.get(digest);
      if (!blob) {
        this.blobs.set(digest, { size, owner: number });
        holding.exclusiveBytes += size;
      } else if (blob.owner !== SEVERAL) {
        this.#holdings[blob.owner]!.exclusiveBytes -= blob.size;
        blob.owner = SEVERAL;
      }
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
}
