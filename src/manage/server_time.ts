/**
 * The server's clock, by the `Date` of its answers. Ages of objects are differences to what the
 * server wrote: a local clock that runs ahead would make everything look old.
 *
 * @module
 */

/** Watches the answers of a server. */
export interface ServerTime {
  /** To be used in place of the other one. */
  fetch: typeof fetch;
  /** Milliseconds since 1970 when the first answer was made; undefined without a `Date`. */
  first(): number | undefined;
}

/**
 * Wraps a fetch.
 *
 * @param inner what sends the requests; the runtime's own if not given
 * @returns the same, and what was seen
 */
export function observeServerTime(
  inner: typeof fetch = (input, init) => globalThis.fetch(input, init),
): ServerTime {
  let first: number | undefined;
  return {
    fetch: async (input, init) => {
      const response = await inner(input, init);
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) first ??= date;
      return response;
    },
    first: () => first,
  };
}
