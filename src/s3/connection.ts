/**
 * What carries one attempt of a request: waits on it end, and fail as an S3Error.
 *
 * @module
 */
import type { S3Error } from "./errors.ts";

/** Makes the error of a connection that broke, or that took too long. */
export type ConnectionError = (cause: unknown, tooLong?: string) => S3Error;

/** A connection, from its request to the end of its answer. */
export class Connection {
  readonly #abort = new AbortController();
  readonly #caller: AbortSignal | undefined;
  /** Makes the error of what breaks. */
  readonly error: ConnectionError;

  /**
   * @param caller the signal of the caller; ends the connection
   * @param error makes the error of what breaks
   */
  constructor(caller: AbortSignal | undefined, error: ConnectionError) {
    this.#caller = caller;
    this.error = error;
    caller?.addEventListener("abort", this.#onAbort);
  }

  /** Settings of fetch: how a request is sent on this connection. */
  init(request: RequestInit): RequestInit {
    return {
      ...request,
      signal: this.#abort.signal,
      // Following a redirect would show the signature to another host.
      redirect: "manual",
      // Bun decodes what is stored with a Content-Encoding, unless it is told not to.
      ...{ decompress: false },
    };
  }

  readonly #onAbort = () => this.#abort.abort(this.#caller?.reason);

  /**
   * Waits for something that the connection does, and ends it if that fails.
   *
   * @param work begins it
   * @param ms how long it may take
   * @param tooLong says so, when it took longer
   * @throws {S3Error} when it fails or takes too long
   */
  async wait<T>(work: () => Promise<T>, ms: number, tooLong: string): Promise<T> {
    let passed: string | undefined;
    const timer = setTimeout(() => {
      passed = tooLong;
      this.#abort.abort();
    }, ms);
    try {
      this.#caller?.throwIfAborted();
      return await work();
    } catch (error) {
      this.release();
      this.#caller?.throwIfAborted();
      throw this.error(error, passed);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets go of the caller's signal, which may outlive many connections. */
  release(): void {
    this.#caller?.removeEventListener("abort", this.#onAbort);
  }
}
