/**
 * SHA-256 whose state can be written down: what one request has begun, another process goes on with.
 * The runtimes' own implementations are faster by far, and keep their state to themselves.
 *
 * @module
 */
import { toHex } from "../digest.ts";
import { Sha256State } from "./deps.ts";

const BLOCK = 64;
const WORDS = 8;

/** A running SHA-256. */
export class ResumableSha256 {
  readonly #hash = new Sha256State();

  /**
   * Begins, or goes on.
   *
   * @param state what {@linkcode ResumableSha256.state} gave; nothing has been hashed if left out
   * @param length how many bytes were hashed by then
   * @throws {TypeError} if that is no state after so many bytes
   */
  constructor(state?: string, length = 0) {
    if (state === undefined) return;
    const bufferLength = length % BLOCK;
    const bytes = 4 * WORDS + bufferLength;
    if (!/^[0-9a-f]*$/.test(state) || state.length !== 2 * bytes) {
      throw new TypeError(`state "${state}": expected ${bytes} bytes in hexadecimal`);
    }
    const given = Uint8Array.from(state.match(/../g)!, (digits) => parseInt(digits, 16));
    const view = new DataView(given.buffer);
    this.#hash.restoreState({
      state: Int32Array.from({ length: WORDS }, (_, i) => view.getInt32(4 * i)),
      buffer: given.subarray(4 * WORDS),
      bufferLength,
      bytesHashed: length,
    });
  }

  /** What another one goes on with, in hexadecimal: the hash so far, and what fills no block. */
  get state(): string {
    const { state, buffer, bufferLength } = this.#hash.saveState();
    const words = new DataView(new ArrayBuffer(4 * WORDS));
    state.forEach((word, i) => words.setInt32(4 * i, word));
    return toHex(new Uint8Array(words.buffer)) +
      toHex((buffer ?? new Uint8Array()).subarray(0, bufferLength));
  }

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Ends the hash: lower-case hexadecimal digits. */
  hex(): string {
    return toHex(this.#hash.digest());
  }
}
