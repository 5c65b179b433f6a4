/**
 * What a bucket costs, by prices that the caller may set.
 *
 * @module
 */

/** Prices, in any one currency. */
export interface Prices {
  /** Of 1 GiB (2^30 bytes) for a month. */
  storage: number;
  /** Of 1,000 PUT, COPY, POST or LIST requests. */
  writes: number;
  /** Of 1,000 GET or HEAD requests. */
  reads: number;
}

/** What AWS lists in US dollars for S3 Standard in us-east-1, for the first 50 TB. */
export const AWS_PRICES: Readonly<Prices> = { storage: 0.023, writes: 0.005, reads: 0.0004 };

/** What costs something. */
export interface Usage {
  /** Bytes of everything. */
  bytes: number;
  /** Bytes of blobs that no manifest holds. */
  unreferencedBytes: number;
  /** Blobs that manifests hold and the bucket has. */
  liveBlobs: number;
  /** Blobs over all caches: one that several hold counts for each. */
  heldBlobs: number;
  /** Manifests. */
  manifests: number;
}

/** An estimate. Traffic is not in it, nor are minimum sizes and durations of storage classes. */
export interface Cost {
  /** The prices that it was made with. */
  prices: Prices;
  /** Keeping everything for a month. */
  storagePerMonth: number;
  /** The part of it for blobs that no manifest holds. */
  unreferencedPerMonth: number;
  /**
   * Touching each live blob once, a HEAD and a COPY for each. Builds do that at most once in each
   * `touch_refresh`.
   */
  touch: number;
  /** Importing each cache once as a whole. */
  import: number;
}

/**
 * Estimates costs.
 *
 * @param usage what there is
 * @param prices what it costs
 * @returns amounts in the prices' currency
 */
export function estimateCost(usage: Usage, prices: Prices): Cost {
  const month = (bytes: number) => bytes / 2 ** 30 * prices.storage;
  const { writes, reads } = prices;
  return {
    prices,
    storagePerMonth: month(usage.bytes),
    unreferencedPerMonth: month(usage.unreferencedBytes),
    touch: usage.liveBlobs / 1000 * (writes + reads),
    import: (usage.heldBlobs + usage.manifests) / 1000 * reads,
  };
}
