/**
 * Uploads of any size: in one request where it fits, in parts that are sent a few at a time where it
 * does not. Memory holds the parts in flight, however large the object is.
 *
 * @module
 */
import { linkedAbort } from "../linked_abort.ts";
import { checkPositiveInteger, forEachParallel } from "../parallel.ts";
import type { RandomAccess } from "../runtime/files.ts";
import { multipart, type MultipartOptions, type Part } from "./multipart.ts";
import { checkPartSize, fixedPartSize, MAX_PARTS, streamPartSize } from "./part_size.ts";
import { putObject } from "./put.ts";
import { cutRanges } from "./ranges.ts";
import type { Transport } from "./transport.ts";

/** What can be uploaded. */
export type UploadSource = RandomAccess | Blob | ReadableStream<Uint8Array>;

/** How to upload. */
export interface UploadOptions extends MultipartOptions {
  /**
   * Bytes a part; 16 MiB by default, at least 5 MiB. It grows where an object would have more than
   * 10,000 parts otherwise.
   */
  partSize?: number;
  /** How many parts at once; 4 by default. */
  parallelism?: number;
  /** SHA-256 of the whole in hexadecimal, where it is known; is used if one request is enough. */
  sha256?: string;
  /** Is called when bytes have arrived at S3. */
  onProgress?: (progress: { bytes: number }) => void;
}

const DEFAULT_PART_SIZE = 16 * 1024 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/** See {@linkcode S3Client.upload}. */
export async function upload(
  transport: Transport,
  key: string,
  source: UploadSource,
  options: UploadOptions,
): Promise<{ etag: string; size: number }> {
  const { partSize = DEFAULT_PART_SIZE, parallelism = 4, onProgress } = options;
  checkPartSize(partSize);
  checkPositiveInteger("parallelism", parallelism);
  const { abort, signal } = linkedAbort(options.signal);
  const chunks = source instanceof ReadableStream
    ? readStream(source, (part) => streamPartSize(part, partSize), signal)
    : readRanges(source, fixedPartSize(source.size, partSize));
  try {
    const first = await chunks.next();
    const head: Bytes = first.done ? new Uint8Array() : first.value;
    const second = first.done ? first : await chunks.next();
    if (second.done) {
      const { etag } = await putObject(transport, key, head, options);
      onProgress?.({ bytes: head.length });
      return { etag, size: head.length };
    }
    let size = 0;
    const etag = await multipart(transport, key, options, async (upload) => {
      const parts: Part[] = [];
      await forEachParallel(
        numbered([head, second.value], chunks),
        parallelism,
        async ([number, body], partSignal) => {
          try {
            parts.push(await upload.uploadPart(number, body, partSignal));
          } catch (error) {
            // Nobody waits any longer for a source that has nothing to give.
            abort.abort(error);
            throw error;
          }
          size += body.length;
          onProgress?.({ bytes: body.length });
        },
        signal,
      );
      return { parts, size };
    });
    return { etag, size };
  } finally {
    await chunks.return?.(undefined);
  }
}

async function* numbered(
  first: Bytes[],
  rest: AsyncIterable<Bytes>,
): AsyncGenerator<[number, Bytes]> {
  let number = 0;
  for (const chunk of first) yield [++number, chunk];
  for await (const chunk of rest) {
    if (number === MAX_PARTS) throw new RangeError(`the source is longer than ${MAX_PARTS} parts`);
    yield [++number, chunk];
  }
}

async function* readRanges(source: RandomAccess | Blob, partSize: number): AsyncGenerator<Bytes> {
  for (const { start, end } of cutRanges(0, source.size, partSize)) {
    yield source instanceof Blob
      ? new Uint8Array(await source.slice(start, end + 1).arrayBuffer())
      : await source.read(start, end + 1 - start);
  }
}

/**
 * Cuts a stream into parts. It is cancelled if they are not read to the end, and when the signal
 * aborts, even while it has nothing to give.
 */
async function* readStream(
  source: ReadableStream<Uint8Array>,
  sizeOf: (number: number) => number,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  let number = 1;
  let part = new Uint8Array(sizeOf(number));
  let filled = 0;
  const reader = source.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel);
  try {
    for (;;) {
      // A stream that was cancelled would look like one that has ended.
      signal.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      for (let used = 0; used < value.length;) {
        const take = Math.min(part.length - filled, value.length - used);
        part.set(value.subarray(used, used + take), filled);
        filled += take;
        used += take;
        if (filled === part.length) {
          yield part;
          part = new Uint8Array(sizeOf(++number));
          filled = 0;
        }
      }
    }
    signal.throwIfAborted();
    if (filled > 0) yield part.slice(0, filled);
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
