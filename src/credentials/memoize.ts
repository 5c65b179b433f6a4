/**
 * Remembers credentials until shortly before they expire.
 *
 * @module
 */
import type { CredentialsProvider } from "../s3/types.ts";
import { type Credentials, credentials } from "../secret_credentials.ts";

/** How long before their end credentials are refreshed. */
const EARLY_MS = 5 * 60_000;

/** What one wait for fresh credentials may be ahead of another one's, so that a fleet spreads. */
const JITTER_MS = 60_000;

/** After a failed early refresh the next attempt waits, rather than slow down every request. */
const RETRY_MS = 60_000;

/** Settings of {@linkcode memoize}. */
export interface MemoizeOptions {
  /** Milliseconds since 1970; `Date.now` by default. */
  clock?: () => number;
  /** From 0 up to 1; `Math.random` by default. */
  random?: () => number;
}

/**
 * Makes a provider that asks another one only when it has to: the first time, five to six minutes
 * before the credentials expire, and when S3 has refused them (`refresh: true`). Calls at the same
 * time share one question. If an early refresh fails, the credentials that are still valid are
 * given, and the next attempt comes a minute later. All providers of this module that ask somebody
 * are memoized already.
 *
 * @example
 * ```ts
 * import { memoize } from "@s3cache/s3cache";
 *
 * let asked = 0;
 * const provider = memoize(() => {
 *   asked++;
 *   return Promise.resolve({ accessKeyId: "AKIA", secretAccessKey: "secret" });
 * });
 * await Promise.all([provider(), provider()]);
 * await provider();
 * console.assert(asked === 1);
 * ```
 *
 * @param provider is asked for credentials
 * @param options clock and chance
 * @returns the provider with a memory
 */
export function memoize(
  provider: CredentialsProvider,
  options: MemoizeOptions = {},
): CredentialsProvider {
  const memory = new Memory(provider, options.clock ?? Date.now, options.random ?? Math.random);
  return ({ refresh = false, signal } = {}) => memory.get(refresh, signal);
}

class Memory {
  readonly #provider: CredentialsProvider;
  readonly #clock: () => number;
  readonly #random: () => number;
  #current: Credentials | undefined;
  #refreshAt = Infinity;
  #loading: SharedWork<Credentials> | undefined;

  constructor(provider: CredentialsProvider, clock: () => number, random: () => number) {
    this.#provider = provider;
    this.#clock = clock;
    this.#random = random;
  }

  async get(refresh: boolean, signal?: AbortSignal): Promise<Credentials> {
    signal?.throwIfAborted();
    const current = this.#current;
    if (current && !refresh && this.#clock() < this.#refreshAt) return current;
    try {
      return await this.#load(refresh, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (refresh || !current || this.#isOver(current)) throw error;
      this.#refreshAt = this.#clock() + RETRY_MS;
      return current;
    }
  }

  #load(refresh: boolean, signal?: AbortSignal): Promise<Credentials> {
    if (!this.#loading || this.#loading.isOver) {
      this.#loading = new SharedWork(async (signal) => {
        const loaded = credentials(await this.#provider({ refresh, signal }));
        this.#current = loaded;
        this.#refreshAt = this.#nextRefresh(loaded.expiration);
        return loaded;
      });
    }
    return this.#loading.wait(signal);
  }

  #nextRefresh(expiration: Date | undefined): number {
    if (expiration === undefined) return Infinity;
    const left = expiration.getTime() - this.#clock();
    // Credentials that are given for a few minutes only are used for half of them.
    return expiration.getTime() - Math.min(EARLY_MS + this.#random() * JITTER_MS, left / 2);
  }

  #isOver({ expiration }: Credentials): boolean {
    return expiration !== undefined && expiration.getTime() <= this.#clock();
  }
}

/** Work that several wait for; it is aborted when none of them does any more. */
class SharedWork<T> {
  readonly #abort = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;
  #settled = false;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#abort.signal).finally(() => this.#settled = true);
    // Whoever has stopped waiting does not hear of a failure.
    this.#result.catch(() => {});
  }

  /** Whether nobody should join any more. */
  get isOver(): boolean {
    return this.#settled || this.#abort.signal.aborted;
  }

  async wait(signal?: AbortSignal): Promise<T> {
    this.#waiting++;
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
    try {
      // The work has begun already, and whatever it did first may have aborted the signal.
      signal?.throwIfAborted();
      return await Promise.race([this.#result, aborted]);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (--this.#waiting === 0) this.#abort.abort();
    }
  }
}
