/**
 * Which failures are tried again, when, and how often: the AWS SDKs' standard and adaptive modes.
 *
 * @module
 */
import { checkPositiveInteger } from "../parallel.ts";
import { RateLimiter } from "./rate_limiter.ts";
import type { S3Error } from "./errors.ts";

/** How a client retries. */
export interface RetryOptions {
  /**
   * `standard` (the default): exponential backoff with full jitter, while a quota that failures
   * draw on lasts. `adaptive`: also sends more slowly while S3 throttles.
   */
  mode?: "standard" | "adaptive";
  /** Attempts in all, the first included; 3 by default. */
  maxAttempts?: number;
}

/** What a policy needs of the world. */
export interface Timing {
  /** Milliseconds since 1970. */
  clock: () => number;
  /** Waits; rejects with the signal's reason when that aborts. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1. */
  random: () => number;
}

/** The codes that AWS's services, and those that imitate them, have for "slow down". */
const THROTTLING = /Throttl|SlowDown|LimitExceeded|TooManyRequests|PriorRequestNotComplete/;

const TRANSIENT =
  /^(NetworkError|Timeout|MalformedAnswer|RequestTimeout|InternalError|ServiceUnavailable|OperationAborted)/;

/** Whether S3 asks for fewer requests. */
export function isThrottling(code: string, status: number): boolean {
  return THROTTLING.test(code) || status === 429;
}

/** Whether the same request may succeed later. */
export function isRetryable(code: string, status: number): boolean {
  return isThrottling(code, status) || TRANSIENT.test(code) || status === 408 ||
    // Not implemented, and HTTP version not supported: asking again will not change that.
    (status >= 500 && status !== 501 && status !== 505);
}

const QUOTA = 500;
const RETRY_COST = 5;
const TIMEOUT_COST = 10;
const SUCCESS_REFUND = 1;
const MAX_BACKOFF_MS = 20_000;
/** A server that wants us away for longer has a problem that waiting in a build does not solve. */
const MAX_RETRY_AFTER_MS = 60_000;

/** The retry state of one client: all its requests share the quota and the rate. */
export class RetryPolicy {
  /** Attempts in all, the first included. */
  readonly maxAttempts: number;
  #quota = QUOTA;
  #timing: Timing;
  #limiter: RateLimiter | undefined;

  /**
   * @param options mode and attempts
   * @param timing clock, sleep and randomness
   * @throws {TypeError} if maxAttempts is not a positive integer
   */
  constructor({ mode = "standard", maxAttempts = 3 }: RetryOptions, timing: Timing) {
    checkPositiveInteger("retry.maxAttempts", maxAttempts);
    this.maxAttempts = maxAttempts;
    this.#timing = timing;
    this.#limiter = mode === "adaptive" ? new RateLimiter(timing) : undefined;
  }

  /** Waits until the next attempt may be sent. */
  async beforeAttempt(signal?: AbortSignal): Promise<void> {
    await this.#limiter?.acquire(signal);
  }

  /** Notes a success; `retryCost` is what the last retry had drawn. */
  onSuccess(retryCost: number): void {
    this.#quota = Math.min(QUOTA, this.#quota + (retryCost || SUCCESS_REFUND));
    this.#limiter?.onResponse(false);
  }

  /**
   * Notes a failure, and waits if it is worth another attempt.
   *
   * @param error the failure
   * @param attempt how many attempts there were, 1 after the first
   * @param retryAfter the server's Retry-After header
   * @param signal ends the wait
   * @returns what the retry draws on the quota, or undefined if there is to be none
   */
  async onFailure(
    error: S3Error,
    attempt: number,
    retryAfter: string | undefined,
    signal?: AbortSignal,
  ): Promise<number | undefined> {
    this.#limiter?.onResponse(isThrottling(error.code, error.status));
    if (!error.retryable || attempt >= this.maxAttempts) return undefined;
    const cost = error.code === "Timeout" ? TIMEOUT_COST : RETRY_COST;
    if (this.#quota < cost) return undefined;
    this.#quota -= cost;
    const backoff = this.#timing.random() * Math.min(MAX_BACKOFF_MS, 1000 * 2 ** (attempt - 1));
    await this.#timing.sleep(Math.max(backoff, this.#parseRetryAfter(retryAfter)), signal);
    return cost;
  }

  /** Seconds or a date, in milliseconds from now. */
  #parseRetryAfter(value: string | undefined): number {
    if (!value) return 0;
    const ms = /^\d+$/.test(value)
      ? Number(value) * 1000
      : Date.parse(value) - this.#timing.clock();
    return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
  }
}
