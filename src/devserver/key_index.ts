/**
 * Values by key, listed in the order of S3: by the bytes of the keys in UTF-8.
 *
 * @module
 */
import type { ListRange } from "./storage.ts";

/**
 * A map that can be listed in order. It stays quick with a million keys: new keys are collected and
 * merged into the sorted ones when somebody lists, and keys that were removed stay among those as
 * tombstones until they are many.
 */
export class KeyIndex<T> {
  readonly #values = new Map<string, T>();
  #sorted: string[] = [];
  #added: string[] = [];
  /** Keys that are still in the lists above and no longer in the map. */
  readonly #removed = new Set<string>();

  /** The value of a key. */
  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  /** Sets the value of a key. */
  set(key: string, value: T): void {
    if (!this.#values.has(key) && !this.#removed.delete(key)) this.#added.push(key);
    this.#values.set(key, value);
  }

  /** Removes a key, if it is there. */
  delete(key: string): void {
    if (this.#values.delete(key)) this.#removed.add(key);
  }

  /** The values of the keys in a range, in the keys' order. */
  list({ prefix, after, past, limit }: ListRange): T[] {
    this.#settle();
    const sorted = this.#sorted;
    let index = firstIndex(sorted, (key) => compareKeys(key, prefix) >= 0);
    if (after !== undefined) {
      index = Math.max(index, firstIndex(sorted, (key) => compareKeys(key, after) > 0));
    }
    if (past !== undefined) {
      const isPast = (key: string) => compareKeys(key, past) > 0 && !key.startsWith(past);
      index = Math.max(index, firstIndex(sorted, isPast));
    }
    const found: T[] = [];
    for (; index < sorted.length && found.length < limit; index++) {
      const key = sorted[index]!;
      if (!key.startsWith(prefix)) break;
      const value = this.#values.get(key);
      if (value !== undefined) found.push(value);
    }
    return found;
  }

  /** Brings the sorted keys up to date. */
  #settle(): void {
    if (this.#added.length > 0) {
      const added = this.#added.sort(compareKeys);
      this.#added = [];
      this.#sorted = mergeSorted(this.#sorted, added);
    }
    if (this.#removed.size > this.#sorted.length / 2) {
      this.#sorted = this.#sorted.filter((key) => !this.#removed.has(key));
      this.#removed.clear();
    }
  }
}

/**
 * Compares keys as S3 does. JavaScript's own order is that of UTF-16 code units, which differs from
 * that of UTF-8 where a character beyond U+FFFF meets one from U+E000 on.
 */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (isSurrogate(x) === isSurrogate(y)) return x - y;
    return isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** The first index whose key satisfies a condition that all later keys satisfy too. */
function firstIndex(sorted: readonly string[], condition: (key: string) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function mergeSorted(a: readonly string[], b: readonly string[]): string[] {
  const merged: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    merged.push(compareKeys(a[i]!, b[j]!) < 0 ? a[i++]! : b[j++]!);
  }
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}
