/**
 * Ranges, as clients ask for them and as answers name them.
 *
 * @module
 */

/** Bytes, both ends included. */
export interface Range {
  start: number;
  end: number;
}

/**
 * Reads a Range header.
 *
 * @param header what the client sent; null if nothing
 * @param size of the whole, in bytes
 * @returns undefined if the whole is to be sent (a server may ignore what it does not serve, such as
 * several ranges), `"unsatisfiable"` if there are no such bytes
 */
export function parseRange(
  header: string | null,
  size: number,
): Range | "unsatisfiable" | undefined {
  const [, first, last] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (first === undefined || last === undefined || first + last === "") return undefined;
  const [start, end] = first === ""
    ? [Math.max(0, size - Number(last)), size - 1]
    : [Number(first), last === "" ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== "" && first !== "" && Number(last) < Number(first)) return undefined;
  return start <= end ? { start, end } : "unsatisfiable";
}

/**
 * Reads the Content-Range of a chunk. The specification has it without a unit; some clients send
 * HTTP's own form.
 *
 * @param header what the client sent; null if nothing
 * @returns undefined if there is none, `"malformed"` if it is none
 */
export function parseChunkRange(header: string | null): Range | "malformed" | undefined {
  if (header === null) return undefined;
  const match = header.match(/^(?:bytes[ =])?(\d+)-(\d+)(?:\/.*)?$/);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  return start <= end ? { start, end } : "malformed";
}
