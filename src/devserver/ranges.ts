/**
 * Parts of objects, by bytes.
 *
 * @module
 */
import { invalidArgument, S3Fault } from "./errors.ts";

/** A range of bytes. */
export interface Slice {
  /** The first byte. */
  readonly start: number;
  /** Behind the last byte. */
  readonly end: number;
}

/**
 * Reads a Range header. What is not one range of bytes is as if it were not there.
 *
 * @param size of the object, in bytes
 * @throws {S3Fault} InvalidRange if the object has none of these bytes
 */
export function parseRange(header: string | null, size: number): Slice | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match || match[0] === "bytes=-") return undefined;
  const [, first, last] = match;
  if (first && last && Number(first) > Number(last)) return undefined;
  const start = first ? Number(first) : Math.max(0, size - Number(last));
  const end = first && last ? Math.min(size, Number(last) + 1) : size;
  if (start < end) return { start, end };
  throw new S3Fault("InvalidRange", {
    details: { RangeRequested: header!, ActualObjectSize: size },
    headers: { "content-range": `bytes */${size}` },
  });
}

/**
 * Reads the range of a part that is copied, which must be complete and within the source.
 *
 * @param size of the source, in bytes
 * @throws {S3Fault} InvalidArgument
 */
export function parseCopyRange(header: string | null, size: number): Slice {
  if (header === null) return { start: 0, end: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  if (!match || Number(match[1]) > Number(match[2])) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and " +
        "last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  const slice = { start: Number(match[1]), end: Number(match[2]) + 1 };
  if (slice.end <= size) return slice;
  throw invalidArgument(
    `Range specified is not valid for source object of size: ${size}`,
    "x-amz-copy-source-range",
    header,
  );
}
