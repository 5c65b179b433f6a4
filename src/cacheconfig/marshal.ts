/**
 * Writes a cache config, byte for byte as Go's encoding/json writes BuildKit's types.
 *
 * @module
 */
import { goJson } from "../go_json.ts";
import type {
  CacheConfig,
  CacheInput,
  CacheLayer,
  CacheRecord,
  CacheResult,
  ChainedResult,
  LayerAnnotations,
} from "./types.ts";

/**
 * Writes a cache config as BuildKit does: its field order, what is empty left out, no spaces.
 *
 * @example
 * ```ts
 * import { marshalCacheConfig } from "@s3cache/s3cache";
 *
 * const blob = "sha256:" + "a".repeat(64);
 * const json = marshalCacheConfig({ layers: [{ blob, parent: -1 }], records: [] });
 * console.assert(json === `{"layers":[{"blob":"${blob}","parent":-1}]}`);
 * ```
 *
 * @param config layers and records, written in the order in which they stand
 * @returns JSON
 */
export function marshalCacheConfig(config: CacheConfig): string {
  return object(
    list("layers", config.layers, layer),
    list("records", config.records, record),
  );
}

function layer(value: CacheLayer): string {
  return object(
    text("blob", value.blob),
    number("parent", value.parent),
    value.annotations ? `"annotations":${annotations(value.annotations)}` : "",
  );
}

function annotations(value: LayerAnnotations): string {
  return object(
    text("mediaType", value.mediaType),
    text("diffID", value.diffID),
    number("size", value.size),
    `"createdAt":${quote(value.createdAt)}`,
  );
}

function record(value: CacheRecord): string {
  return object(
    list("layers", value.layers, result),
    list("chains", value.chains, chain),
    text("digest", value.digest),
    list("inputs", value.inputs, (alternatives) => `[${alternatives.map(input).join(",")}]`),
  );
}

function result(value: CacheResult): string {
  return `{"layer":${value.layer},"createdAt":${quote(value.createdAt)}}`;
}

function chain(value: ChainedResult): string {
  return `{"layers":[${value.layers.join(",")}],"createdAt":${quote(value.createdAt)}}`;
}

function input(value: CacheInput): string {
  return object(text("selector", value.selector), `"link":${value.link}`);
}

function object(...members: string[]): string {
  return `{${members.filter((member) => member !== "").join(",")}}`;
}

// The three below leave a member out when it is empty, as `omitempty` does.

function text(name: string, value: string): string {
  return value === "" ? "" : `"${name}":${quote(value)}`;
}

function number(name: string, value: number): string {
  return value === 0 ? "" : `"${name}":${value}`;
}

function list<T>(name: string, items: readonly T[], print: (item: T) => string): string {
  return items.length === 0 ? "" : `"${name}":[${items.map(print).join(",")}]`;
}

const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;

/** Nearly all strings are digests and times, which need no look at each character. */
function quote(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : goJson(value);
}
