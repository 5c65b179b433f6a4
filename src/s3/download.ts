/**
 * Downloads in parallel ranges, written in order: memory holds the ranges in flight.
 *
 * @module
 */
import { checkPositiveInteger, mapParallel } from "../parallel.ts";
import { S3Error } from "./errors.ts";
import { getObject } from "./get.ts";
import { cutRanges } from "./ranges.ts";
import type { Transport } from "./transport.ts";
import type { ObjectInfo, RequestOptions } from "./types.ts";

/** Takes bytes in order; a `WritableStreamDefaultWriter` is one, and so is an open file. */
export interface Writer {
  /** Takes the next bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/** How to download. */
export interface DownloadOptions extends RequestOptions {
  /** Bytes a request; 16 MiB by default. */
  partSize?: number;
  /** How many requests at once; 4 by default. */
  parallelism?: number;
  /** Only if the object has this ETag. */
  ifMatch?: string;
  /** Is called when bytes have been written. */
  onProgress?: (progress: { bytes: number }) => void;
}

const DEFAULT_PART_SIZE = 16 * 1024 * 1024;

/** See {@linkcode S3Client.download}. */
export async function download(
  transport: Transport,
  key: string,
  writer: Writer,
  options: DownloadOptions,
): Promise<ObjectInfo> {
  const { partSize = DEFAULT_PART_SIZE, parallelism = 4, onProgress, signal } = options;
  checkPositiveInteger("partSize", partSize);
  checkPositiveInteger("parallelism", parallelism);
  const first = await openFirst(transport, key, partSize, options);
  const { info } = first;
  const take = async (bytes: Uint8Array) => {
    await writer.write(bytes);
    onProgress?.({ bytes: bytes.length });
  };
  for await (const chunk of first.body) await take(chunk);
  const rest = cutRanges(first.length, info.size, partSize);
  const ifMatch = info.etag || undefined;
  const parts = mapParallel(rest, parallelism, async (range, partSignal) => {
    const part = await getObject(transport, key, { range, ifMatch, signal: partSignal });
    return await part.bytes();
  }, signal);
  for await (const bytes of parts) await take(bytes);
  return info;
}

/** The first range tells the size of the object and its ETag, which the others must have too. */
async function openFirst(
  transport: Transport,
  key: string,
  partSize: number,
  { ifMatch, signal }: DownloadOptions,
): ReturnType<typeof getObject> {
  try {
    return await getObject(transport, key, { range: { end: partSize - 1 }, ifMatch, signal });
  } catch (error) {
    // An empty object has no first byte.
    if (!(error instanceof S3Error) || error.status !== 416) throw error;
    return await getObject(transport, key, { ifMatch, signal });
  }
}
