/**
 * Aborts of our own beside a caller's.
 *
 * @module
 */

/**
 * A controller whose work a caller's signal ends too.
 *
 * @param signal of the caller, if there is one
 * @returns `abort`, and what both of them abort
 */
export function linkedAbort(signal?: AbortSignal): { abort: AbortController; signal: AbortSignal } {
  const abort = new AbortController();
  return { abort, signal: signal ? AbortSignal.any([signal, abort.signal]) : abort.signal };
}
