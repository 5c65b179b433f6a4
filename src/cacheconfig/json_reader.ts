/**
 * Reads JSON from front to back, straight into the types that the caller expects.
 *
 * JSON.parse would hide what a reader of foreign manifests has to see: where an error is, a key
 * that stands twice, 1.0 in place of 1; and it builds all of a document before a limit can stop it.
 * What is accepted is what Go's encoding/json accepts: null for any value, unknown keys, keys in
 * another case.
 *
 * @module
 */
import { CacheConfigError, show } from "./errors.ts";

/** Go's encoding/json gives up at this depth; nothing here recurses, whatever the depth. */
const MAX_DEPTH = 10_000;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** What to do at each key of an object. */
export type Fields = Record<string, () => void>;

/** A cursor on a JSON text. Each method reads one value and moves behind it. */
export class JsonReader {
  readonly #text: string;
  readonly #source: string;
  readonly #path: (string | number)[] = [];
  #at = 0;
  #depth = 0;

  /**
   * @param text the JSON
   * @param source what errors call it
   */
  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  /** Reads an object; null is an object without keys. */
  object(fields: Fields): void {
    if (this.null()) return;
    this.#open("{", "an object");
    const seen: string[] = [];
    if (!this.#take("}")) {
      do {
        const name = fieldNamed(this.#key(), fields);
        if (name === undefined) {
          this.#skip();
          continue;
        }
        this.#path.push(name);
        if (seen.includes(name)) this.fail("this key stands twice in one object");
        seen.push(name);
        fields[name]!();
        this.#path.pop();
      } while (this.#take(","));
      this.#expect("}");
    }
    this.#depth--;
  }

  /** Reads an array; null is an empty one. `read` is called with the cursor at each element. */
  array(read: (index: number) => void): void {
    if (this.null()) return;
    this.#open("[", "an array");
    if (!this.#take("]")) {
      let index = 0;
      do {
        this.#path.push(index);
        read(index++);
        this.#path.pop();
      } while (this.#take(","));
      this.#expect("]");
    }
    this.#depth--;
  }

  /** Reads a string; undefined for null. */
  string(): string | undefined {
    if (this.null()) return undefined;
    if (this.#peek() !== '"') this.#wrongType("a string");
    return this.#string();
  }

  /** Reads an integer, which is written without fraction and exponent; undefined for null. */
  integer(): number | undefined {
    if (this.null()) return undefined;
    const first = this.#peek();
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match && first === "-") this.#unexpected();
    if (!match) this.#wrongType("an integer");
    const value = Number(match[0]) + 0; // -0 is 0
    if (match[1] !== undefined || match[2] !== undefined || !Number.isSafeInteger(value)) {
      this.fail(`expected an integer below 2^53, got ${match[0].slice(0, 40)}`);
    }
    this.#at = NUMBER.lastIndex;
    return value;
  }

  /** Reads null if that comes next, and says whether it did. */
  null(): boolean {
    if (this.#peek() !== "n" || !this.#text.startsWith("null", this.#at)) return false;
    this.#at += 4;
    return true;
  }

  /** Makes sure that nothing follows. */
  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#syntax("data after the JSON");
  }

  /** Refuses the value that is being read. */
  fail(problem: string): never {
    throw new CacheConfigError(this.#source, pathText(this.#path), problem);
  }

  #syntax(problem: string): never {
    throw new CacheConfigError(this.#source, `position ${this.#at}`, `not JSON: ${problem}`);
  }

  #unexpected(): never {
    if (this.#at >= this.#text.length) this.#syntax("it ends too early");
    this.#syntax(`unexpected ${show(this.#text.slice(this.#at, this.#at + 1))}`);
  }

  #wrongType(expected: string): never {
    const kind = KINDS[this.#peek()];
    if (kind === undefined) this.#unexpected();
    this.fail(`expected ${expected}, got ${kind}`);
  }

  #space(): void {
    for (;; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  /** The character that the next token starts with, "" at the end. */
  #peek(): string {
    this.#space();
    return this.#text.charAt(this.#at);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#unexpected();
  }

  #open(bracket: string, expected: string): void {
    if (!this.#take(bracket)) this.#wrongType(expected);
    if (++this.#depth > MAX_DEPTH) this.#syntax(`nested more than ${MAX_DEPTH} deep`);
  }

  #key(): string {
    if (this.#peek() !== '"') this.#unexpected();
    const key = this.#string();
    this.#expect(":");
    return key;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at;
    let escaped = false;
    let at = start + 1;
    for (;; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        escaped = true;
        at++;
      } else if (!(code >= 0x20)) { // a control character, or NaN: the end of the text
        this.#at = at;
        this.#unexpected();
      }
    }
    this.#at = at + 1;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    try {
      // Half a surrogate pair has no UTF-8; Go reads it as U+FFFD.
      return JSON.parse(this.#text.slice(start, this.#at)).toWellFormed();
    } catch {
      this.#at = start;
      this.#syntax("a string with a bad escape");
    }
  }

  /** Passes over a value that nobody asked for. */
  #skip(): void {
    const open: string[] = [];
    for (;;) {
      const first = this.#peek();
      if (first === "{" || first === "[") {
        const close = first === "{" ? "}" : "]";
        this.#open(first, "");
        if (!this.#take(close)) {
          open.push(close);
          if (close === "}") this.#key();
          continue;
        }
        this.#depth--;
      } else {
        this.#skipScalar(first);
      }
      for (;;) {
        const close = open.at(-1);
        if (close === undefined) return;
        if (this.#take(",")) {
          if (close === "}") this.#key();
          break;
        }
        this.#expect(close);
        open.pop();
        this.#depth--;
      }
    }
  }

  #skipScalar(first: string): void {
    if (first === '"') {
      this.#string();
      return;
    }
    const token = first === "-" || (first >= "0" && first <= "9") ? NUMBER : WORD;
    token.lastIndex = this.#at;
    if (!token.test(this.#text)) this.#unexpected();
    this.#at = token.lastIndex;
  }
}

const KINDS: Record<string, string> = {
  "{": "an object",
  "[": "an array",
  '"': "a string",
  t: "true",
  f: "false",
  n: "null",
};
for (const digit of "-0123456789") KINDS[digit] = "a number";

/** The field that Go would put a key's value into: the one of that name, else in any case. */
function fieldNamed(key: string, fields: Fields): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  const folded = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === folded);
}

function pathText(path: readonly (string | number)[]): string {
  return path
    .map((part) => typeof part === "number" ? `[${part}]` : `.${part}`)
    .join("")
    .replace(/^\./, "");
}
