/**
 * Runs a function over many items, a few at a time.
 *
 * @module
 */

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
  const abort = new AbortController();
  const either = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
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
