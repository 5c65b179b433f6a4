/**
 * The graph that a cache config stands for.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { sortCacheConfig } from "./canonical.ts";
import { Chains } from "./chains.ts";
import { show } from "./errors.ts";
import { current, type Key, Keys, type Link } from "./keys.ts";
import { cutLoops } from "./loops.ts";
import { isTime } from "./time.ts";
import { inputsFirst, parentsFirst, usersOf } from "./topology.ts";
import type { CacheConfig, CacheInput, CacheResult, LayerAnnotations } from "./types.ts";

/** A cache key in a {@linkcode CacheGraph}. */
export interface GraphKey {
  /** Digest of the step. */
  readonly digest: string;
}

/** An alternative for an input: the output of another key, or a part of it. */
export interface GraphInput {
  /** Which part is meant, "" or absent for all of it. */
  selector?: string;
  /** A key of the same graph. */
  source: GraphKey;
}

/** What building a key gave. */
export interface GraphResult {
  /** The layers, the lowest first. */
  layers: { blob: string; annotations?: LayerAnnotations }[];
  /** RFC 3339 time. */
  createdAt: string;
}

/**
 * A cache under construction, or several being joined.
 *
 * @example
 * ```ts
 * import { CacheGraph } from "@s3cache/s3cache";
 *
 * const [source, step, blob] = ["a", "b", "c"].map((hex) => "sha256:" + hex.repeat(64));
 * const graph = new CacheGraph();
 * const input = { source: graph.add(source!) };
 * graph.add(step!, [[input]], [{ layers: [{ blob: blob! }], createdAt: "2026-01-31T00:00:00Z" }]);
 * const config = graph.toConfig();
 * console.assert(config.records.length === 2);
 * console.assert(config.layers[0]?.blob === blob);
 * ```
 */
export class CacheGraph {
  readonly #chains = new Chains();
  readonly #keys = new Keys();

  /**
   * Adds a way to name a key.
   *
   * @param digest digest of the step
   * @param inputs for each input of the step, one alternative or more
   * @param results what building it gave, if that is known
   * @returns the key, which may have been there under this name or another
   * @throws RangeError if a digest or a time is malformed, or an input has no alternative
   * @throws TypeError if a source is not a key of this graph
   */
  add(
    digest: string,
    inputs: readonly (readonly GraphInput[])[] = [],
    results: readonly GraphResult[] = [],
  ): GraphKey {
    checkDigest(digest);
    const links = inputs.map((alternatives) => {
      if (alternatives.length === 0) {
        throw new RangeError(`${digest}: an input needs one alternative or more`);
      }
      return alternatives.map(({ selector = "", source }) => {
        if (!this.#keys.has(source)) {
          throw new TypeError(`${source.digest} is a key of another graph`);
        }
        return { selector, source };
      });
    });
    return this.#add(digest, links, results.map((result) => this.#result(result)));
  }

  /**
   * Adds all records of a config, with their results.
   *
   * @param config a config as parseCacheConfig gives it
   * @throws RangeError if records form a loop, as in no parsed config
   */
  addConfig(config: CacheConfig): void {
    const { layers, records } = config;
    const order = inputsFirst(records, usersOf(records));
    if (order.length < records.length) throw new RangeError("the records form a loop");
    const chains = this.#chainsOf(config);
    const keys = new Array<Key>(records.length);
    for (const index of order) {
      const record = records[index]!;
      const links = record.inputs.map((alternatives) =>
        alternatives.map(({ selector, link }) => ({ selector, source: keys[link]! }))
      );
      const results = record.layers.map(({ layer, createdAt }) => ({
        layer: chains[layer]!,
        createdAt,
      }));
      for (const chain of record.chains) {
        results.push(this.#result({
          layers: chain.layers.map((layer) => layers[layer]!),
          createdAt: chain.createdAt,
        }));
      }
      keys[index] = this.#add(record.digest, links, results);
    }
  }

  /**
   * The graph as a config, in the order of {@linkcode sortCacheConfig}: equal graphs give equal
   * bytes. Of several results of a key the newest is written, as by BuildKit.
   *
   * @returns a new config; what is done to its lists does not reach the graph
   */
  toConfig(): CacheConfig {
    const keys = this.#keys.list();
    const index = new Map(keys.map((key, i) => [key, i]));
    const records = keys.map(({ digest, inputs, results }) => ({
      layers: results,
      chains: [],
      digest,
      inputs: inputs.map((links) =>
        withoutTwins(links.map(({ selector, source }) => ({
          selector,
          link: index.get(current(source))!,
        })))
      ),
    }));
    return sortCacheConfig({ layers: this.#chains.toLayers(), records: cutLoops(records) });
  }

  #result({ layers, createdAt }: GraphResult): CacheResult {
    if (!isTime(createdAt)) throw new RangeError(`${show(createdAt)} is not an RFC 3339 time`);
    let chain = -1;
    for (const layer of layers) {
      checkDigest(layer.blob);
      chain = this.#chains.extend(chain, layer);
    }
    return { layer: chain, createdAt };
  }

  /** The chain that ends in each layer. */
  #chainsOf({ layers }: CacheConfig): Int32Array {
    const chains = new Int32Array(layers.length);
    for (const i of parentsFirst(layers)) {
      const { parent } = layers[i]!;
      chains[i] = this.#chains.extend(parent === -1 ? -1 : chains[parent]!, layers[i]!);
    }
    return chains;
  }

  #add(digest: string, inputs: Link[][], results: CacheResult[]): Key {
    const key = this.#keys.add(digest, inputs);
    for (const result of results) {
      // A result without layers has nothing to offer; BuildKit does not write it either.
      if (result.layer !== -1) key.results.push(result);
    }
    return key;
  }
}

function withoutTwins(inputs: CacheInput[]): CacheInput[] {
  if (inputs.length < 2) return inputs;
  return [...new Map(inputs.map((input) => [`${input.link} ${input.selector}`, input])).values()];
}

function checkDigest(digest: string): void {
  if (!isDigest(digest)) {
    throw new RangeError(`expected sha256: and 64 hexadecimal digits, got ${show(digest)}`);
  }
}
