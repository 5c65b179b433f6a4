/**
 * Which caches a prune gives up: by age, by number, by what there is room for.
 *
 * @module
 */
import { compileGlob } from "./glob.ts";
import type { ListedManifest } from "./manifests.ts";

/** What to keep of the caches whose names match a pattern. */
export interface PruneRule {
  /** `*`, `**`, `?` and `[…]`, as described in docs/operations.md. */
  pattern: string;
  /** Caches that were written longer ago than this go. In milliseconds. */
  maxAgeMs?: number;
  /** The newest ones stay, whatever their age; without `maxAgeMs` all others go. */
  keep?: number;
}

/** What may go and what stays. */
export interface PrunePolicy {
  /** For each cache the first rule whose pattern matches counts; without one it stays. */
  rules?: readonly PruneRule[];
  /** Patterns of names that always stay. */
  keepNames?: readonly string[];
  /**
   * Caches go, the least recently written first, until the blobs of the others are not more than
   * this. In bytes. What `keep` and `keepNames` protect stays.
   */
  maxBytes?: number;
}

/** A cache that goes. */
export interface Retirement {
  /** The manifest. */
  manifest: ListedManifest;
  /** For people. */
  reason: string;
}

/** The order in which caches go: those that go in any case, those that may, those that stay. */
export interface RetirementOrder {
  /** All of them. */
  order: Retirement[];
  /** How many go in any case. */
  expired: number;
  /** How many may go: the others are protected. */
  retirable: number;
}

/**
 * Puts the caches of a bucket in the order in which they go.
 *
 * @param manifests of the bucket
 * @param policy what goes and what stays
 * @param now milliseconds since 1970
 * @returns the order
 * @throws {TypeError} on a pattern that is none
 */
export function orderRetirements(
  manifests: readonly ListedManifest[],
  policy: PrunePolicy,
  now: number,
): RetirementOrder {
  const keepNames = (policy.keepNames ?? []).map(compileGlob);
  const rules = (policy.rules ?? []).map((rule) => ({
    ...rule,
    matches: compileGlob(rule.pattern),
  }));
  const taken = new Map(rules.map((rule) => [rule, 0]));
  const expired: Retirement[] = [];
  const retirable: Retirement[] = [];
  const protected_: Retirement[] = [];
  const newestFirst = manifests.toSorted((a, b) => timeOf(b) - timeOf(a));
  for (const manifest of newestFirst) {
    const rule = rules.find(({ matches }) => matches(manifest.name));
    if (keepNames.some((matches) => matches(manifest.name))) {
      protected_.push({ manifest, reason: "kept by its name" });
      continue;
    }
    const number = rule ? taken.get(rule)! + 1 : 0;
    if (rule) taken.set(rule, number);
    const age = now - timeOf(manifest);
    if (rule?.keep !== undefined && number <= rule.keep) {
      protected_.push({ manifest, reason: `among the newest ${rule.keep}` });
    } else if (rule && goes(rule, age)) {
      expired.push({ manifest, reason: describe(rule, age) });
    } else {
      retirable.push({ manifest, reason: "least recently written, and there is no room" });
    }
  }
  return {
    order: [...expired.reverse(), ...retirable.reverse(), ...protected_],
    expired: expired.length,
    retirable: expired.length + retirable.length,
  };
}

/** Whether a cache that is not among the newest goes. */
function goes({ maxAgeMs, keep }: PruneRule, age: number): boolean {
  return maxAgeMs === undefined ? keep !== undefined : age > maxAgeMs;
}

function describe({ pattern, keep, maxAgeMs }: PruneRule, age: number): string {
  return maxAgeMs === undefined
    ? `not among the newest ${keep} of ${pattern}`
    : `written ${Math.floor(age / 3_600_000)} h ago`;
}

function timeOf({ info }: ListedManifest): number {
  return info.lastModified.getTime();
}
