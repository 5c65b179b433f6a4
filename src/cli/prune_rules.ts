/**
 * `--max-age` and `--keep`, each for all names or for those of a pattern.
 *
 * @module
 */
import { compileGlob } from "../manage/glob.ts";
import type { PruneRule } from "../manage/prune_policy.ts";
import { InvalidArgumentError } from "./deps.ts";

/** A value, and for which names it is meant. */
export interface ForNames {
  /** All names, if there is none. */
  pattern?: string;
  value: number;
}

/**
 * Makes a reader of `VALUE` and `GLOB=VALUE` that collects what it reads.
 *
 * @param parse reads the value
 */
export function collectForNames(
  parse: (text: string) => number,
): (text: string, previous: ForNames[] | undefined) => ForNames[] {
  return (text, previous = []) => {
    const end = text.lastIndexOf("=");
    const pattern = end < 0 ? undefined : checkGlob(text.slice(0, end));
    return [...previous, { pattern, value: parse(text.slice(end + 1)) }];
  };
}

/**
 * Reads a repeated option that is a pattern of names.
 *
 * @throws {InvalidArgumentError} saying what is wrong with it
 */
export function collectGlobs(text: string, previous: string[] = []): string[] {
  return [...previous, checkGlob(text)];
}

function checkGlob(pattern: string): string {
  try {
    compileGlob(pattern);
    return pattern;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
}

/**
 * Puts together what is meant for the same names. Patterns come first, in the order in which they
 * were given: what is meant for all names counts only for the others.
 *
 * @param maxAges in milliseconds
 * @param keeps numbers
 * @returns rules
 */
export function toRules(maxAges: ForNames[], keeps: ForNames[]): PruneRule[] {
  const rules = new Map<string | undefined, PruneRule>();
  const set = (field: "maxAgeMs" | "keep", { pattern, value }: ForNames) => {
    const rule = rules.get(pattern) ?? { pattern: pattern ?? "**" };
    rules.set(pattern, { ...rule, [field]: value });
  };
  for (const maxAge of maxAges) set("maxAgeMs", maxAge);
  for (const keep of keeps) set("keep", keep);
  const forAll = rules.get(undefined);
  rules.delete(undefined);
  return [...rules.values(), ...forAll ? [forAll] : []];
}
