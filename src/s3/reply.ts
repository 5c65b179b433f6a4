/**
 * An answer of S3 whose body cannot hang, is always given back, and fails as an S3Error.
 *
 * @module
 */
import type { Connection } from "./connection.ts";

/** Longer documents than this are not S3's: a page of 1,000 keys of 1,024 escaped bytes is 4 MB. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** An answer; its body must be read, or discarded. */
export class Reply {
  /** HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: Headers;
  readonly #connection: Connection;
  readonly #idleTimeout: number;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * @param response the answer
   * @param connection what it comes on
   * @param idleTimeout how long a read may wait for bytes, in milliseconds
   */
  constructor(response: Response, connection: Connection, idleTimeout: number) {
    this.status = response.status;
    this.headers = response.headers;
    this.#connection = connection;
    this.#idleTimeout = idleTimeout;
    this.#reader = response.body?.getReader();
    if (!this.#reader) connection.release();
  }

  /**
   * The next bytes of the body, undefined at its end.
   *
   * @throws {S3Error} `NetworkError` or `Timeout` when the connection breaks or stalls
   */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const reader = this.#reader;
    if (!reader) return undefined;
    const ms = this.#idleTimeout;
    const { value } = await this.#connection.wait(() => reader.read(), ms, `no bytes for ${ms} ms`);
    if (!value) this.#connection.release();
    return value;
  }

  /** The whole body as text. */
  async text(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    for (let chunk; (chunk = await this.read());) {
      size += chunk.length;
      if (size > MAX_TEXT_BYTES) {
        this.discard();
        throw this.#connection.error(`the answer is longer than ${MAX_TEXT_BYTES} bytes`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  /** Gives the connection back without the rest of the body. */
  discard(): void {
    // Not waited for: where fetch's caller has cloned the answer, it ends with the clone.
    this.#reader?.cancel().catch(() => {});
    this.#connection.release();
  }
}
