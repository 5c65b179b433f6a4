/**
 * The graph that a cache config stands for.
 *
 * A record of a config is a way to name a cache key: a digest, and for each input the alternatives
 * that may be there. Two records name the same key if they have the same digest and number of
 * inputs and share an alternative for every input; a key's alternatives are those of all records
 * that name it. Joining two keys makes others equal, those that have them as inputs, so joining goes
 * on until nothing changes. The outcome does not depend on the order in which records come.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { sortCacheConfig } from "./canonical.ts";
import { Chains } from "./chains.ts";
import { show } from "./errors.ts";
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

/** A cache under construction, or several being joined. */
export class CacheGraph {
  readonly #chains = new Chains();
  readonly #keys: Key[] = [];
  readonly #roots = new Map<string, Key>();
  readonly #ports = new Map<string, number>();
  /** Keys whose alternatives or whose sources have changed. */
  readonly #unsettled: Key[] = [];

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
      return alternatives.map(({ selector = "", source }) => ({
        selector,
        source: this.#own(source),
      }));
    });
    return this.#add(digest, links, results.map((result) => this.#result(result)));
  }

  /**
   * Adds all records of a config, with their results.
   *
   * @param config a config as parseCacheConfig gives it
   */
  addConfig(config: CacheConfig): void {
    const { layers, records } = config;
    const chains = this.#chainsOf(config);
    const keys = new Array<Key>(records.length);
    for (const index of inputsFirst(records, usersOf(records))) {
      const record = records[index]!;
      const links = record.inputs.map((alternatives) =>
        alternatives.map(({ selector, link }) => ({ selector, source: current(keys[link]!) }))
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
   * @returns a config that shares nothing with the graph
   */
  toConfig(): CacheConfig {
    const live = this.#keys.filter((key) => key.joined === undefined);
    const index = new Map(live.map((key, i) => [key, i]));
    const records = live.map(({ digest, inputs, results }) => ({
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

  #own(source: GraphKey): Key {
    if (!(source instanceof Key) || source.graph !== this) {
      throw new TypeError(`${source.digest} is a key of another graph`);
    }
    return current(source);
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
    // A result without layers has nothing to offer; BuildKit does not write it either.
    const useful = results.filter(({ layer }) => layer !== -1);
    const root = inputs.length === 0 ? this.#roots.get(digest) : undefined;
    if (root) {
      root.results.push(...useful);
      return root;
    }
    const key = new Key(this, digest, inputs, useful);
    this.#keys.push(key);
    if (inputs.length === 0) this.#roots.set(digest, key);
    inputs.forEach((links, input) => {
      for (const { selector, source } of links) {
        usersAt(source, this.#port(digest, input, selector)).add(key);
        source.weight++;
      }
      key.weight += links.length;
    });
    this.#unsettled.push(key);
    this.#settle();
    return current(key);
  }

  /** Joins keys until each is the only one of its name. */
  #settle(): void {
    for (let key; (key = this.#unsettled.pop());) {
      if (key.joined) continue;
      for (const twin of this.#twins(key)) key = this.#join(key, twin);
    }
  }

  /** The other keys that share an alternative with this one for every input. */
  #twins(key: Key): Key[] {
    // For each input, the users of its alternatives at the place that this key has.
    const users = key.inputs.map((links, input) =>
      links
        .map(({ selector, source }) =>
          current(source).users.get(this.#port(key.digest, input, selector))
        )
        .filter((set) => set !== undefined)
    );
    const crowd = (sets: Set<Key>[]) => sets.reduce((sum, set) => sum + set.size, 0);
    const fewest = users.toSorted((a, b) => crowd(a) - crowd(b))[0] ?? [];
    const candidates = new Set<Key>();
    for (const set of fewest) for (const other of set) candidates.add(other);
    candidates.delete(key);
    return [...candidates].filter((other) =>
      other.inputs.length === key.inputs.length &&
      users.every((sets) => sets.some((set) => set.has(other)))
    );
  }

  /** Makes one key of two; the smaller moves, so that no link moves more than a few times. */
  #join(a: Key, b: Key): Key {
    const [kept, gone] = a.weight >= b.weight ? [a, b] : [b, a];
    gone.joined = kept;
    kept.weight += gone.weight;
    for (const [port, users] of gone.users) {
      const joined = usersAt(kept, port);
      for (const user of users) {
        joined.add(current(user));
        this.#unsettled.push(user);
      }
    }
    gone.inputs.forEach((links, input) => {
      for (const link of links) {
        const users = usersAt(current(link.source), this.#port(gone.digest, input, link.selector));
        users.delete(gone);
        users.add(kept);
        kept.inputs[input]!.push(link);
      }
    });
    for (const result of gone.results) kept.results.push(result);
    gone.users.clear();
    gone.inputs = [];
    gone.results = [];
    this.#unsettled.push(kept);
    return kept;
  }

  /** A number for the place that a key takes as a user: its digest, which input, which part. */
  #port(digest: string, input: number, selector: string): number {
    const name = `${digest} ${input} ${selector}`;
    let port = this.#ports.get(name);
    if (port === undefined) this.#ports.set(name, port = this.#ports.size);
    return port;
  }
}

interface Link {
  selector: string;
  source: Key;
}

class Key implements GraphKey {
  readonly graph: CacheGraph;
  readonly digest: string;
  inputs: Link[][];
  results: CacheResult[];
  /** Who has this key as an input, by port. */
  readonly users = new Map<number, Set<Key>>();
  /** How many links it has, to inputs and users. */
  weight = 0;
  /** The key that this one has become part of. */
  joined: Key | undefined;

  constructor(graph: CacheGraph, digest: string, inputs: Link[][], results: CacheResult[]) {
    this.graph = graph;
    this.digest = digest;
    this.inputs = inputs;
    this.results = results;
  }
}

/** What a key has become, shortening the way there for the next who asks. */
function current(key: Key): Key {
  let last = key;
  while (last.joined) last = last.joined;
  for (let at = key; at.joined;) {
    const next = at.joined;
    at.joined = last;
    at = next;
  }
  return last;
}

function usersAt(key: Key, port: number): Set<Key> {
  let users = key.users.get(port);
  if (!users) key.users.set(port, users = new Set());
  return users;
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
