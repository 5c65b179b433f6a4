/**
 * Numbers by digest, for a million digests: 40 bytes a place, where a map of strings needs 150.
 *
 * @module
 */

/** How full the table becomes before it grows. */
const MAX_LOAD = 0.75;
/** A digest in 32-bit words. */
const WORDS = 8;

/** A map from digests to numbers. */
export class DigestTable {
  #size = 0;
  #words: Uint32Array;
  /** NaN where a place is free. */
  #values: Float64Array;

  /** Makes an empty table. */
  constructor() {
    this.#words = new Uint32Array(1024 * WORDS);
    this.#values = new Float64Array(1024).fill(NaN);
  }

  /** How many digests there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a digest, undefined if it is not there. */
  get(digest: string): number | undefined {
    const value = this.#values[this.#find(wordsOf(digest))]!;
    return Number.isNaN(value) ? undefined : value;
  }

  /** Whether a digest is there. */
  has(digest: string): boolean {
    return this.get(digest) !== undefined;
  }

  /**
   * Sets the number of a digest.
   *
   * @param digest a well-formed digest
   * @param value anything but NaN
   */
  set(digest: string, value: number): void {
    if (this.#size >= this.#values.length * MAX_LOAD) this.#grow();
    this.#put(wordsOf(digest), value);
  }

  /** All digests with their numbers, in no order. */
  *entries(): Generator<[digest: string, value: number]> {
    for (let place = 0; place < this.#values.length; place++) {
      if (Number.isNaN(this.#values[place])) continue;
      const words = this.#words.subarray(place * WORDS, (place + 1) * WORDS);
      const hex = Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
      yield [`sha256:${hex}`, this.#values[place]!];
    }
  }

  #put(words: Uint32Array, value: number): void {
    const place = this.#find(words);
    if (Number.isNaN(this.#values[place])) {
      this.#size++;
      this.#words.set(words, place * WORDS);
    }
    this.#values[place] = value;
  }

  /** The place of a digest, or the free one where it would go. */
  #find(words: Uint32Array): number {
    const mask = this.#values.length - 1;
    // A digest is as good as random: any word of it is a hash.
    for (let place = words[0]! & mask;; place = (place + 1) & mask) {
      if (Number.isNaN(this.#values[place])) return place;
      const start = place * WORDS;
      let i = 0;
      while (i < WORDS && this.#words[start + i] === words[i]) i++;
      if (i === WORDS) return place;
    }
  }

  #grow(): void {
    const words = this.#words;
    const values = this.#values;
    this.#size = 0;
    this.#words = new Uint32Array(words.length * 2);
    this.#values = new Float64Array(values.length * 2).fill(NaN);
    for (let place = 0; place < values.length; place++) {
      if (Number.isNaN(values[place])) continue;
      this.#put(words.subarray(place * WORDS, (place + 1) * WORDS), values[place]!);
    }
  }
}

function wordsOf(digest: string): Uint32Array {
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) {
    const start = "sha256:".length + i * 8;
    words[i] = parseInt(digest.slice(start, start + 8), 16);
  }
  return words;
}
