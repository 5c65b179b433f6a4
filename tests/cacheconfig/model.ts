/**
 * What a config means, worked out in the plainest way there is: slow, recursive, and with nothing
 * in common with what is tested.
 */
import { layerChain } from "../../src/cacheconfig/layers.ts";
import type { CacheConfig, CacheResult } from "../../src/cacheconfig/types.ts";

/** A cache key: all records that name it, by index. */
type Name = Set<number>;

/** Every record as a key of its own. */
export function separate(config: CacheConfig): Name[] {
  return config.records.map((_, i) => new Set([i]));
}

/** Joins the names of the same key, until no two are left. */
export function joined(config: CacheConfig): Name[] {
  let names = separate(config);
  for (;;) {
    const pair = firstPair(names, (a, b) => isSame(config, names, a, b));
    if (!pair) return names;
    const [a, b] = pair;
    names = names.filter((name) => name !== a && name !== b);
    names.push(new Set([...a, ...b]));
  }
}

/**
 * A number for each key, in ascending order: equal numbers are equal keys, with equal inputs and
 * results, in whatever config. Undefined if a key is its own input.
 */
export function meaning(config: CacheConfig, names: Name[]): number[] | undefined {
  const known = new Map<Name, number | "open">();
  const number = (name: Name): number => {
    const before = known.get(name);
    if (before === "open") throw new Loop();
    if (before !== undefined) return before;
    known.set(name, "open");
    const record = config.records[[...name][0]!]!;
    const inputs = record.inputs.map((_, input) =>
      [
        ...new Set(
          alternativesOf(config, names, name, input).map(([selector, source]) =>
            `${selector}>${number(source)}`
          ),
        ),
      ].sort()
    );
    const result = numberOf(JSON.stringify([record.digest, inputs, best(config, name)]));
    known.set(name, result);
    return result;
  };
  try {
    return names.map(number).sort((a, b) => a - b);
  } catch (error) {
    if (error instanceof Loop) return undefined;
    throw error;
  }
}

class Loop extends Error {}

const numbers = new Map<string, number>();

function numberOf(text: string): number {
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  return number;
}

function alternativesOf(
  config: CacheConfig,
  names: Name[],
  name: Name,
  input: number,
): [selector: string, source: Name][] {
  return [...name].flatMap((i) =>
    config.records[i]!.inputs[input]!.map(({ selector, link }): [string, Name] => [
      selector,
      names.find((other) => other.has(link))!,
    ])
  );
}

function isSame(config: CacheConfig, names: Name[], a: Name, b: Name): boolean {
  const [one, other] = [a, b].map((name) => config.records[[...name][0]!]!);
  if (one!.digest !== other!.digest || one!.inputs.length !== other!.inputs.length) return false;
  return one!.inputs.every((_, input) =>
    alternativesOf(config, names, a, input).some(([selector, source]) =>
      alternativesOf(config, names, b, input).some((alternative) =>
        alternative[0] === selector && alternative[1] === source
      )
    )
  );
}

/** Blobs and time of the newest result; of the same time, the one that sorts first. */
function best(config: CacheConfig, name: Name): unknown {
  const results = [...name].flatMap((i) => config.records[i]!.layers);
  const newest = results.map(({ createdAt }) => createdAt).sort().at(-1);
  const blobs = ({ layer }: CacheResult) =>
    layerChain(config, layer).map((i) => config.layers[i]!.blob);
  const chains = results.filter(({ createdAt }) => createdAt === newest).map(blobs);
  return newest === undefined ? null : [newest, chains.sort(compareChains)[0]];
}

/** By the topmost blob, then the shorter one, then by the rest in the same way. */
function compareChains(a: string[], b: string[]): number {
  const [top, otherTop] = [a.at(-1) ?? "", b.at(-1) ?? ""];
  if (top !== otherTop) return top < otherTop ? -1 : 1;
  if (a.length !== b.length) return a.length - b.length;
  return a.length === 0 ? 0 : compareChains(a.slice(0, -1), b.slice(0, -1));
}

function firstPair<T>(items: T[], test: (a: T, b: T) => boolean): [T, T] | undefined {
  for (const [i, a] of items.entries()) {
    const b = items.slice(i + 1).find((b) => test(a, b));
    if (b !== undefined) return [a, b];
  }
  return undefined;
}
