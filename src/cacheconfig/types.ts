/**
 * The cache config: BuildKit's JSON of layers and records, as it stands in an S3 manifest and in a
 * local cache. Field names are BuildKit's. What its JSON may leave out is always there: an absent
 * list is empty, an absent selector is "", and an absent `parent` is 0, which is the first layer
 * and not "no parent" (that is -1).
 *
 * @module
 */

/** The layers and records of one cache. */
export interface CacheConfig {
  /** Layers, referred to by their index. */
  layers: CacheLayer[];
  /** Cache keys, referred to by their index. */
  records: CacheRecord[];
}

/** One blob on top of a chain of others. The same blob may stand twice, with different parents. */
export interface CacheLayer {
  /** Digest of the blob. */
  blob: string;
  /** Index of the layer below, -1 if there is none. */
  parent: number;
  /** What S3 manifests say about the blob; a local cache says it in its image manifest instead. */
  annotations?: LayerAnnotations;
}

/** What an S3 manifest says about a blob. */
export interface LayerAnnotations {
  /** Media type of the blob, in OCI form. */
  mediaType: string;
  /** Digest of the uncompressed blob. */
  diffID: string;
  /** Size of the blob in bytes. */
  size: number;
  /** RFC 3339 time in UTC, `0001-01-01T00:00:00Z` if it is not known. */
  createdAt: string;
}

/** A cache key: a digest and its inputs, with what building it gave. */
export interface CacheRecord {
  /** Results that are the chain of one layer. Named `layers` as in the JSON. */
  layers: CacheResult[];
  /** Results that list their layers one by one. */
  chains: ChainedResult[];
  /** Digest of the step. */
  digest: string;
  /** One list an input of the step; what is in it are alternatives, any of which matches. */
  inputs: CacheInput[][];
}

/** A result: the chain of layers that ends in `layer`. */
export interface CacheResult {
  /** Index of the topmost layer. */
  layer: number;
  /** RFC 3339 time, offset and nanoseconds as they were written. */
  createdAt: string;
}

/** A result whose layers are listed, the lowest first; their parents play no part. */
export interface ChainedResult {
  /** Indices of layers. */
  layers: number[];
  /** RFC 3339 time, offset and nanoseconds as they were written. */
  createdAt: string;
}

/** One alternative for an input: the record that it is the output of. */
export interface CacheInput {
  /** Which part of that output is meant, "" for all of it. */
  selector: string;
  /** Index of the record. */
  link: number;
}
