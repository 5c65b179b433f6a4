/**
 * Runs a function over many items, a few at a time.
 *
 * @module
 */
import { linkedAbort } from "./linked_abort.ts";

/**
 * Calls `work` for every item, at most `limit` at once. The first failure aborts the signal that
 * the others were given, is waited for until all have stopped, and is then thrown: nothing runs on
 * behind the caller's back, and no rejection goes unhandled.
 *
 * @param items read lazily, so an endless or asynchronous source is fine
 * @param limit how many run at once, at least 1
 * @param work is given the item and a signal that aborts when another item failed
 * @param signal aborts all of it, with its reason
 */
export async function forEachParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { abort, signal: either } = linkedAbort(signal);
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    abort.abort(error);
  };
  const running = new Set<Promise<void>>();
  try {
    for await (const item of items) {
      if (either.aborted) break;
      const task: Promise<void> = work(item, either).catch(fail).finally(() =>
        running.delete(task)
      );
      running.add(task);
      if (running.size >= limit) await Promise.race(running);
    }
  } catch (error) {
    fail(error);
  } finally {
    await Promise.all(running);
  }
  signal?.throwIfAborted();
  if (failure) throw failure.error;
}

/**
 * Calls `work` for every item, at most `limit` at once, and gives the results in the order of the
 * items. A failure is thrown when its turn comes. Then, and when the caller stops early, the signal
 * that the others were given aborts, and they are waited for: nothing runs on.
 *
 * @param items read as they are needed
 * @param limit how many run at once, at least 1
 * @param work is given the item and a signal
 * @param signal aborts all of it, with its reason
 * @returns the results
 */
export async function* mapParallel<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void> {
  const { abort, signal: either } = linkedAbort(signal);
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const task = work(item, either);
      // Until its turn comes, nobody else hears of its failure.
      task.catch(() => {});
      running.push(task);
      if (running.length >= limit) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    abort.abort();
    await Promise.allSettled(running);
  }
}

/**
 * Refuses what is no count.
 *
 * @param name of the option, for the message
 * @param value to be checked
 * @throws {TypeError} if it is not a positive integer
 */
export function checkPositiveInteger(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new TypeError(`${name} ${value}: expected a positive integer`);
  }
}
