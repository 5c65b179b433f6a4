/**
 * The largest of many things, without keeping the many.
 *
 * @module
 */

/** Keeps the largest things that it is given, up to a number of them. */
export class Largest<T extends { size: number }> {
  readonly #limit: number;
  #kept: T[] = [];
  /** What is not larger than this cannot be among the largest. */
  #threshold = -1;

  /**
   * @param limit how many to keep
   */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a thing in, unless enough others are as large. */
  add(thing: T): void {
    if (thing.size <= this.#threshold) return;
    this.#kept.push(thing);
    // Sorting seldom, a longer list each time, costs less than keeping order with each thing.
    if (this.#kept.length >= 2 * this.#limit) this.#cut();
  }

  /** What was kept, the largest first. */
  list(): T[] {
    this.#cut();
    return [...this.#kept];
  }

  #cut(): void {
    this.#kept.sort((a, b) => b.size - a.size);
    if (this.#kept.length < this.#limit) return;
    this.#kept.length = this.#limit;
    this.#threshold = this.#kept.at(-1)?.size ?? Infinity;
  }
}
