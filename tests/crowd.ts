/** How many do something at once. */
import { sleep } from "../src/sleep.ts";
import { gate } from "./gate.ts";

/**
 * Counts those who are at work at once, and holds each until as many are as are wanted: left to
 * themselves they may never meet. Where fewer come, they are not waited for any longer than ten
 * seconds; one too many has time to come.
 */
export class Crowd {
  readonly #wanted: number;
  readonly #met = gate();
  #present = 0;
  /** The most that were at work at once. */
  most = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** Does some work; alone, it is counted, but waits for nobody. */
  async run<T>(work: () => Promise<T>, { alone = false } = {}): Promise<T> {
    this.most = Math.max(this.most, ++this.#present);
    if (this.#present === this.#wanted) this.#met.open();
    try {
      if (!alone) {
        await Promise.race([this.#met.opened, sleep(10_000)]);
        await sleep(5);
      }
      return await work();
    } finally {
      this.#present--;
    }
  }
}
