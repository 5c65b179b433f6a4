/**
 * The client-side rate limit of the adaptive retry mode: a token bucket whose rate falls to 70 % at
 * each throttling answer and recovers along a cubic curve, as the AWS SDKs specify it.
 *
 * @module
 */
import type { Timing } from "./retry.ts";

const MIN_RATE = 0.5;
const MIN_CAPACITY = 1;
/** How much of the rate survives a throttling answer. */
const BETA = 0.7;
/** How steeply the rate recovers. */
const SCALE = 0.4;
/** How much the newest half second weighs in the measured rate. */
const SMOOTH = 0.8;

/** A rate in requests a second; it limits nothing before the first throttling answer. */
export class RateLimiter {
  #timing: Timing;
  #enabled = false;
  #tokens = 0;
  #capacity = 0;
  #fillRate = 0;
  #lastFill: number | undefined;
  #lastMaxRate = 0;
  #lastThrottle: number;
  #timeWindow = 0;
  #measuredRate = 0;
  #lastBucket: number;
  #requests = 0;

  constructor(timing: Timing) {
    this.#timing = timing;
    this.#lastThrottle = this.#seconds();
    this.#lastBucket = Math.floor(this.#seconds());
  }

  /** Takes a token, waiting until there is one. */
  async acquire(signal?: AbortSignal): Promise<void> {
    if (!this.#enabled) return;
    this.#fill();
    // The debt makes those that come next wait behind this one.
    this.#tokens -= 1;
    if (this.#tokens < 0) {
      await this.#timing.sleep((-this.#tokens / this.#fillRate) * 1000, signal);
    }
  }

  /** Adapts the rate to an answer. */
  onResponse(throttled: boolean): void {
    this.#measure();
    let rate: number;
    if (throttled) {
      const current = this.#enabled
        ? Math.min(this.#measuredRate, this.#fillRate)
        : this.#measuredRate;
      this.#lastMaxRate = current;
      this.#timeWindow = Math.cbrt((current * (1 - BETA)) / SCALE);
      this.#lastThrottle = this.#seconds();
      this.#enabled = true;
      rate = current * BETA;
    } else {
      this.#timeWindow = Math.cbrt((this.#lastMaxRate * (1 - BETA)) / SCALE);
      const elapsed = this.#seconds() - this.#lastThrottle;
      rate = SCALE * (elapsed - this.#timeWindow) ** 3 + this.#lastMaxRate;
    }
    if (this.#enabled) this.#setRate(Math.min(rate, 2 * this.#measuredRate));
  }

  #setRate(rate: number): void {
    this.#fill();
    this.#fillRate = Math.max(rate, MIN_RATE);
    this.#capacity = Math.max(rate, MIN_CAPACITY);
    this.#tokens = Math.min(this.#tokens, this.#capacity);
  }

  #fill(): void {
    const now = this.#seconds();
    const elapsed = now - (this.#lastFill ?? now);
    this.#tokens = Math.min(this.#capacity, this.#tokens + elapsed * this.#fillRate);
    this.#lastFill = now;
  }

  /** The rate of requests, smoothed over half seconds. */
  #measure(): void {
    const bucket = Math.floor(this.#seconds() * 2) / 2;
    this.#requests += 1;
    if (bucket > this.#lastBucket) {
      const rate = this.#requests / (bucket - this.#lastBucket);
      this.#measuredRate = rate * SMOOTH + this.#measuredRate * (1 - SMOOTH);
      this.#requests = 0;
      this.#lastBucket = bucket;
    }
  }

  #seconds(): number {
    return this.#timing.clock() / 1000;
  }
}
