/**
 * What one cache holds, and whether the bucket still has it.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { parentsFirst } from "../cacheconfig/topology.ts";
import type {
  CacheConfig,
  CacheInput,
  CacheLayer,
  LayerAnnotations,
} from "../cacheconfig/types.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { connect } from "../transfer/connection.ts";
import { readManifest } from "../transfer/manifest.ts";
import { findBlobs } from "../transfer/presence.ts";
import { distinctBlobs } from "../transfer/source.ts";
import { isArchived } from "../transfer/touch.ts";
import type { ManageSettings } from "./settings.ts";

/**
 * What a bucket has of a blob: `present`; nothing (`missing`); an object of another `size`; one that
 * is `archived` and has to be restored before it can be read.
 */
export type BlobState = "present" | "missing" | "size" | "archived";

/** A layer of a cache, and its blob. */
export interface InspectedLayer extends LayerAnnotations {
  /** Digest of the blob. */
  blob: string;
  /** Index of the layer below, -1 if there is none. */
  parent: number;
  /** What the bucket has of the blob. */
  state: BlobState;
  /** When the blob was last written or touched; absent if it is missing. */
  lastModified?: Date;
}

/** What building a step gave. */
export interface InspectedResult {
  /** RFC 3339 time. */
  createdAt: string;
  /** Index of the topmost layer; absent if the layers are listed. */
  layer?: number;
  /** Indices of the layers, the lowest first, where the manifest lists them. */
  chain?: number[];
  /** How many layers there are. */
  depth: number;
  /** Their size in bytes. */
  bytes: number;
  /** Whether one of their blobs is not `present`. */
  broken: boolean;
}

/** A record of a cache. */
export interface InspectedRecord {
  /** Digest of the step. */
  digest: string;
  /** One list an input of the step; what is in it are alternatives. */
  inputs: CacheInput[][];
  /** What building it gave. */
  results: InspectedResult[];
}

/** A cache, looked at closely. Records and layers have the indices that they have in its manifest. */
export interface CacheInspection {
  /** Its name. */
  name: string;
  /** The key of its manifest. */
  key: string;
  /** When the manifest was last written. */
  lastModified: Date;
  /** Size of the manifest, in bytes. */
  manifestBytes: number;
  /** Distinct blobs. */
  blobs: number;
  /** Their size in bytes, as the manifest says. */
  bytes: number;
  /** How many of the blobs are not `present`. */
  lost: number;
  /** Its records. */
  records: InspectedRecord[];
  /** Its layers. */
  layers: InspectedLayer[];
}

/**
 * Looks at a cache closely: its records, layers and results, and whether the bucket still has what
 * they need. Reads the manifest and no blob.
 *
 * @example
 * ```ts
 * import { inspectCache, parseAttributes } from "@s3cache/s3cache";
 *
 * const text = "type=s3,region=eu-west-1,bucket=ci-cache,anonymous=true";
 * const cache = await inspectCache("app", parseAttributes(text, { direction: "import" }), {
 *   fetch: () => Promise.resolve(new Response(`{"records":[{"digest":"sha256:${"5".repeat(64)}"}]}`)),
 * });
 * console.assert(cache?.records.length === 1 && cache.lost === 0);
 * ```
 *
 * @param name of the cache
 * @param options bucket and prefixes; the names in them play no part
 * @param settings `signal`, `onProgress`, and what to use in place of the runtime's own
 * @returns what there is, or undefined if the bucket has no cache of this name
 * @throws {S3Error} if the bucket refuses, or is not there
 * @throws {CacheConfigError} if the manifest is not a valid cache config
 */
export async function inspectCache(
  name: string,
  options: CacheOptions,
  settings: ManageSettings = {},
): Promise<CacheInspection | undefined> {
  const { client } = connect(options, settings);
  const { signal, onProgress } = settings;
  const key = manifestKey(options, name);
  const manifest = await readManifest(client, key, { signal });
  if (!manifest) return undefined;
  onProgress?.({ type: "manifest", name });
  const { config, info } = manifest;
  const blobs = distinctBlobs(config);
  const found = await findBlobs(client, options, blobs.keys(), {
    signal,
    onWarning: (message) => onProgress?.({ type: "warning", message }),
  });
  const layers = config.layers.map((layer) => inspectLayer(layer, found.get(layer.blob)));
  const sound = new Set(layers.filter(({ state }) => state === "present").map(({ blob }) => blob));
  return {
    name,
    key,
    lastModified: info.lastModified,
    manifestBytes: info.size,
    blobs: blobs.size,
    bytes: [...blobs.values()].reduce((sum, size) => sum + size, 0),
    lost: blobs.size - sound.size,
    records: inspectRecords(config, layers),
    layers,
  };
}

function inspectLayer(layer: CacheLayer, info: ObjectInfo | undefined): InspectedLayer {
  const annotations = layer.annotations!;
  return {
    blob: layer.blob,
    parent: layer.parent,
    ...annotations,
    state: stateOf(annotations.size, info),
    ...(info && { lastModified: info.lastModified }),
  };
}

function stateOf(size: number, info: ObjectInfo | undefined): BlobState {
  if (!info) return "missing";
  if (info.size !== size) return "size";
  return isArchived(info) ? "archived" : "present";
}

type Chain = Pick<InspectedResult, "depth" | "bytes" | "broken">;

const EMPTY: Chain = { depth: 0, bytes: 0, broken: false };

function inspectRecords(config: CacheConfig, layers: InspectedLayer[]): InspectedRecord[] {
  const on = (below: Chain, layer: number): Chain => ({
    depth: below.depth + 1,
    bytes: below.bytes + layers[layer]!.size,
    broken: below.broken || layers[layer]!.state !== "present",
  });
  // Each chain from the one below it: following every chain down would cost their whole length.
  const chains: Chain[] = [];
  for (const i of parentsFirst(config.layers)) {
    chains[i] = on(chains[layers[i]!.parent] ?? EMPTY, i);
  }
  return config.records.map(({ digest, inputs, layers, chains: listed }) => ({
    digest,
    inputs,
    results: [
      ...layers.map(({ layer, createdAt }) => ({ createdAt, layer, ...chains[layer]! })),
      ...listed.map(({ layers: chain, createdAt }) => ({
        createdAt,
        chain,
        ...chain.reduce(on, EMPTY),
      })),
    ],
  }));
}
