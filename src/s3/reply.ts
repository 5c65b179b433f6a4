/**
 * An answer of S3 whose body cannot hang, is always given back, and fails as an S3Error.
 *
 * @module
 */
import type { S3Error } from "./errors.ts";

/** Longer documents than this are not S3's: a page of 1,000 keys of 1,024 escaped bytes is 4 MB. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** What ties a reply to the request that it answers. */
export interface ReplyContext {
  signal: AbortSignal | undefined;
  /** Makes the error of a connection that broke, or that timed out. */
  broken: (cause: unknown, timedOut?: string) => S3Error;
  /** Ends the connection. */
  abort: AbortController;
  /** How long a read may wait for bytes, in milliseconds. */
  idleTimeout: number;
  /** Is called once, when the reply is done with. */
  release: () => void;
}

/** An answer; its body must be read, or discarded. */
export class Reply {
  /** HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers: Headers;
  #context: ReplyContext;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(response: Response, context: ReplyContext) {
    this.status = response.status;
    this.headers = response.headers;
    this.#context = context;
    this.#reader = response.body?.getReader();
    if (!this.#reader) context.release();
  }

  /**
   * The next bytes of the body, undefined at its end.
   *
   * @throws {S3Error} `NetworkError` or `Timeout` when the connection breaks or stalls
   */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!this.#reader) return undefined;
    const { signal, broken, abort, idleTimeout } = this.#context;
    let stalled: string | undefined;
    const timer = setTimeout(() => {
      stalled = `no bytes for ${idleTimeout} ms`;
      abort.abort();
    }, idleTimeout);
    try {
      const { done, value } = await this.#reader.read();
      if (!done) return value;
      this.#end();
      return undefined;
    } catch (error) {
      this.#end();
      signal?.throwIfAborted();
      throw broken(error, stalled);
    } finally {
      clearTimeout(timer);
    }
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
        throw this.#context.broken(`the answer is longer than ${MAX_TEXT_BYTES} bytes`);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  /** Gives the connection back without the rest of the body. */
  discard(): void {
    // Not waited for: where fetch's caller has cloned the answer, it ends with the clone.
    this.#reader?.cancel().catch(() => {});
    this.#end();
  }

  #end(): void {
    if (!this.#reader) return;
    this.#reader = undefined;
    this.#context.release();
  }
}
