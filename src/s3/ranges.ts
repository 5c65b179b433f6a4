/**
 * Ranges of bytes.
 *
 * @module
 */
import type { ByteRange } from "./types.ts";

/**
 * The ranges that an object is cut into, in order.
 *
 * @param start the first byte
 * @param size of the object, in bytes
 * @param partSize of a range, in bytes; the last one may be shorter
 */
export function* cutRanges(
  start: number,
  size: number,
  partSize: number,
): Generator<Required<ByteRange>> {
  for (; start < size; start += partSize) {
    yield { start, end: Math.min(start + partSize, size) - 1 };
  }
}

/**
 * A range as headers carry it.
 *
 * @throws {TypeError} on bounds that are no bytes in order
 */
export function rangeHeader({ start = 0, end }: ByteRange): string {
  const last = end ?? start;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(last) || start < 0 || last < start) {
    throw new TypeError(`range ${start}-${end ?? ""}: expected bytes from 0, in order`);
  }
  return `bytes=${start}-${end ?? ""}`;
}
