/**
 * Finds in a cache what a step needs, as a builder does.
 *
 * @module
 */
import { layerChain } from "./layers.ts";
import { compareInstants, instantOf } from "./time.ts";
import type { CacheConfig, CacheLayer, CacheRecord } from "./types.ts";

/** A step, by its digest and by what goes into it. */
export interface CacheKey {
  /** Digest of the step. */
  digest: string;
  /**
   * For each input of the step the alternatives, one of which has to match; an empty list is a step
   * without inputs. Absent, the inputs play no part.
   */
  inputs?: CacheKeyInput[][];
}

/** An alternative for an input of a step. */
export interface CacheKeyInput {
  /** Which part of the output is meant, "" or absent for all of it. */
  selector?: string;
  /** The step that it is the output of. */
  key: CacheKey;
}

/** What a cache has for a step. */
export interface CacheMatch {
  /** Indices of the records that match. */
  records: number[];
  /** The newest result of these, if there is one. */
  result?: {
    /** Its layers, the lowest first. */
    layers: CacheLayer[];
    /** RFC 3339 time. */
    createdAt: string;
  };
}

/**
 * Looks steps up in a cache.
 *
 * @example
 * ```ts
 * import { CacheLookup, parseCacheConfig } from "@s3cache/s3cache";
 *
 * const [source, step, blob] = ["a", "b", "c"].map((hex) => "sha256:" + hex.repeat(64));
 * const lookup = new CacheLookup(parseCacheConfig(JSON.stringify({
 *   layers: [{ blob, parent: -1 }],
 *   records: [
 *     { digest: source },
 *     {
 *       digest: step,
 *       inputs: [[{ link: 0 }]],
 *       layers: [{ layer: 0, createdAt: "2026-01-31T00:00:00Z" }],
 *     },
 *   ],
 * })));
 * const match = lookup.find({ digest: step!, inputs: [[{ key: { digest: source! } }]] });
 * console.assert(match?.result?.layers[0]?.blob === blob);
 * ```
 */
export class CacheLookup {
  readonly #config: CacheConfig;
  readonly #byDigest = new Map<string, number[]>();

  /**
   * Indexes a cache.
   *
   * @param config a parsed config, which must not change while it is looked at
   */
  constructor(config: CacheConfig) {
    this.#config = config;
    config.records.forEach(({ digest }, i) => {
      const same = this.#byDigest.get(digest);
      if (same) same.push(i);
      else this.#byDigest.set(digest, [i]);
    });
  }

  /**
   * Finds the records of a step. A record matches if it has the step's digest and, for each input,
   * at least one of its alternatives is one of the step's: the same selector, on a record that
   * matches that alternative's own step.
   *
   * @param key a step; a digest alone stands for a step with any inputs
   * @returns what the cache has, or undefined if no record matches
   * @throws RangeError if the step is among its own inputs
   */
  find(key: CacheKey | string): CacheMatch | undefined {
    const records = this.#match(typeof key === "string" ? { digest: key } : key);
    if (records.length === 0) return undefined;
    const result = this.#newest(records);
    return result ? { records, result } : { records };
  }

  /** The records that match, worked out from the innermost steps outwards. */
  #match(key: CacheKey): number[] {
    const matches = new Map<CacheKey, number[]>();
    const open = new Set<CacheKey>();
    const path = [key];
    for (let step; (step = path.at(-1));) {
      if (matches.has(step)) {
        path.pop();
        continue;
      }
      if (!open.has(step)) {
        open.add(step);
        for (const input of step.inputs?.flat() ?? []) {
          if (open.has(input.key) && !matches.has(input.key)) {
            throw new RangeError(`the step ${input.key.digest} is among its own inputs`);
          }
          path.push(input.key);
        }
        continue;
      }
      matches.set(step, this.#matchStep(step, matches));
    }
    return matches.get(key)!;
  }

  #matchStep({ digest, inputs }: CacheKey, matches: Map<CacheKey, number[]>): number[] {
    const candidates = this.#byDigest.get(digest) ?? [];
    if (!inputs) return [...candidates];
    const wanted = inputs.map((alternatives) =>
      new Set(
        alternatives.flatMap(({ selector = "", key }) =>
          matches.get(key)!.map((record) => `${record} ${selector}`)
        ),
      )
    );
    return candidates.filter((i) => {
      const record = this.#config.records[i]!;
      return record.inputs.length === wanted.length &&
        record.inputs.every((alternatives, input) =>
          alternatives.some(({ selector, link }) => wanted[input]!.has(`${link} ${selector}`))
        );
    });
  }

  #newest(records: number[]): CacheMatch["result"] {
    const results = records.flatMap((i) => resultsOf(this.#config, this.#config.records[i]!));
    if (results.length === 0) return undefined;
    const { layers, createdAt } = results.reduce((a, b) =>
      compareInstants(instantOf(a.createdAt), instantOf(b.createdAt)) >= 0 ? a : b
    );
    return { layers: layers().map((layer) => this.#config.layers[layer]!), createdAt };
  }
}

function resultsOf(
  config: CacheConfig,
  { layers, chains }: CacheRecord,
): { layers: () => number[]; createdAt: string }[] {
  return [
    ...layers.map(({ layer, createdAt }) => ({
      layers: () => layerChain(config, layer),
      createdAt,
    })),
    ...chains.map(({ layers, createdAt }) => ({ layers: () => layers, createdAt })),
  ];
}
