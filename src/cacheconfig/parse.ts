/**
 * Reads a cache config: an S3 manifest, or the config of a local cache.
 *
 * @module
 */
import { CacheConfigError } from "./errors.ts";
import { JsonReader } from "./json_reader.ts";
import { ZERO_TIME } from "./time.ts";
import type {
  CacheConfig,
  CacheInput,
  CacheLayer,
  CacheRecord,
  CacheResult,
  ChainedResult,
  LayerAnnotations,
} from "./types.ts";
import { checkCacheConfig } from "./validate.ts";

/** What {@linkcode parseCacheConfig} may be told. */
export interface ParseOptions {
  /** What errors call the config, such as a key or a file. */
  source?: string;
  /**
   * Whether each layer needs annotations with a diffID, as in an S3 manifest (`required`), or not,
   * as in the config of a local cache (`optional`, the default).
   */
  annotations?: "required" | "optional";
  /**
   * The most bytes (characters of a string) to look at; 500,000,000 if not given, which is near the
   * longest string that engines have.
   */
  maxBytes?: number;
  /** The most layers to read; 2,000,000 if not given. */
  maxLayers?: number;
  /** The most records to read; 2,000,000 if not given. */
  maxRecords?: number;
}

/**
 * Reads a cache config and makes sure that it can be used without further checks.
 *
 * It accepts what Go's encoding/json accepts for BuildKit's types: unknown keys, keys in another
 * case, null for an absent value. It refuses what BuildKit would refuse, and beyond that a key that
 * stands twice, text that is not UTF-8, numbers of 2^53 or more, a digest that is not SHA-256, a
 * negative size, and a loop or a bad index even where no record needs it.
 *
 * @example
 * ```ts
 * import { parseCacheConfig } from "@s3cache/s3cache";
 *
 * const digest = "sha256:" + "5".repeat(64);
 * const config = parseCacheConfig(`{"records":[{"digest":"${digest}"}]}`);
 * console.assert(config.records[0]?.digest === digest);
 * console.assert(config.layers.length === 0);
 * ```
 *
 * @param data the JSON
 * @param options what to call it in errors, and limits
 * @returns the config, every digest, index and time in it checked
 * @throws CacheConfigError that names source, place and problem
 */
export function parseCacheConfig(
  data: Uint8Array | string,
  options: ParseOptions = {},
): CacheConfig {
  const {
    source = "cache config",
    annotations = "optional",
    maxBytes = 500_000_000,
    maxLayers = 2_000_000,
    maxRecords = 2_000_000,
  } = options;
  if (data.length > maxBytes) {
    throw new CacheConfigError(source, "", `${data.length} bytes, the limit is ${maxBytes}`);
  }
  const json = new JsonReader(decode(data, source), source);
  const config: CacheConfig = { layers: [], records: [] };
  json.object({
    layers: () =>
      json.array((index) => {
        if (index === maxLayers) json.fail(`more than ${maxLayers} layers`);
        config.layers.push(readLayer(json));
      }),
    records: () =>
      json.array((index) => {
        if (index === maxRecords) json.fail(`more than ${maxRecords} records`);
        config.records.push(readRecord(json));
      }),
  });
  json.end();
  checkCacheConfig(config, { source, annotations });
  return config;
}

function decode(data: Uint8Array | string, source: string): string {
  if (typeof data === "string") return data.toWellFormed();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new CacheConfigError(source, "", "not JSON: it is not UTF-8");
  }
}

function readLayer(json: JsonReader): CacheLayer {
  const layer: CacheLayer = { blob: "", parent: 0 };
  json.object({
    blob: () => layer.blob = json.string() ?? "",
    parent: () => layer.parent = json.integer() ?? 0,
    annotations: () => {
      if (!json.null()) layer.annotations = readAnnotations(json);
    },
  });
  return layer;
}

function readAnnotations(json: JsonReader): LayerAnnotations {
  const annotations = { mediaType: "", diffID: "", size: 0, createdAt: ZERO_TIME };
  json.object({
    mediaType: () => annotations.mediaType = json.string() ?? "",
    diffID: () => annotations.diffID = json.string() ?? "",
    size: () => annotations.size = json.integer() ?? 0,
    createdAt: () => annotations.createdAt = json.string() ?? ZERO_TIME,
  });
  return annotations;
}

function readRecord(json: JsonReader): CacheRecord {
  const record: CacheRecord = { layers: [], chains: [], digest: "", inputs: [] };
  json.object({
    layers: () => json.array(() => record.layers.push(readResult(json))),
    chains: () => json.array(() => record.chains.push(readChain(json))),
    digest: () => record.digest = json.string() ?? "",
    inputs: () =>
      json.array(() => {
        const alternatives: CacheInput[] = [];
        json.array(() => alternatives.push(readInput(json)));
        record.inputs.push(alternatives);
      }),
  });
  return record;
}

function readResult(json: JsonReader): CacheResult {
  const result: CacheResult = { layer: 0, createdAt: ZERO_TIME };
  json.object({
    layer: () => result.layer = json.integer() ?? 0,
    createdAt: () => result.createdAt = json.string() ?? ZERO_TIME,
  });
  return result;
}

function readChain(json: JsonReader): ChainedResult {
  const chain: ChainedResult = { layers: [], createdAt: ZERO_TIME };
  json.object({
    layers: () => json.array(() => chain.layers.push(json.integer() ?? 0)),
    createdAt: () => chain.createdAt = json.string() ?? ZERO_TIME,
  });
  return chain;
}

function readInput(json: JsonReader): CacheInput {
  const input: CacheInput = { selector: "", link: 0 };
  json.object({
    selector: () => input.selector = json.string() ?? "",
    link: () => input.link = json.integer() ?? 0,
  });
  return input;
}
