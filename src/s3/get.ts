/**
 * Reads objects: whole or in part, verified, and through cuts of the connection.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import { verified } from "../runtime/verified_stream.ts";
import { S3Error } from "./errors.ts";
import { readObjectHeaders } from "./object_headers.ts";
import type { Reply } from "./reply.ts";
import type { Transport } from "./transport.ts";
import type { ByteRange, ObjectInfo, RequestOptions } from "./types.ts";

/** What to read, and on which conditions. */
export interface GetOptions extends RequestOptions {
  /** Only these bytes. */
  range?: ByteRange;
  /** Only if the object still has this ETag; otherwise S3Error `PreconditionFailed`. */
  ifMatch?: string;
  /** Only if the object has another ETag; otherwise S3Error `NotModified`. */
  ifNoneMatch?: string;
  /**
   * The SHA-256 that the body must have, `sha256:` and hexadecimal: another one makes the body fail
   * with IntegrityError at its end. Not for a range.
   */
  digest?: string;
}

/** An object that is being read. Its body must be read to the end or cancelled. */
export interface GetResult {
  /** What S3 says of the object. */
  info: ObjectInfo;
  /** How many bytes the body has: all of the object, or those of the range. */
  length: number;
  /** The bytes. A connection that breaks is taken up again where it broke. */
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The whole body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole body as UTF-8 text. */
  text(): Promise<string>;
}

/** How many times a body may break without a single byte between. */
const MAX_FRUITLESS_CUTS = 3;

/** See {@linkcode S3Client.get}. */
export async function getObject(
  transport: Transport,
  key: string,
  options: GetOptions,
): Promise<GetResult> {
  const { range, digest } = options;
  if (range && digest) {
    throw new TypeError("digest: a range cannot be checked by the whole's digest");
  }
  const first = await open(transport, key, options, rangeHeader(range));
  const size = totalSize(first.headers);
  const length = Number(first.headers.get("content-length") ?? size);
  const info = readObjectHeaders(key, first.headers, size);
  const offset = first.status === 206 ? startOf(first.headers) : 0;
  const reader = new ResumingReader(first, length, (done) =>
    open(
      transport,
      key,
      { ...options, ifMatch: info.etag || undefined },
      `bytes=${offset + done}-${offset + length - 1}`,
    ));
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const chunk = await reader.read();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: () => reader.cancel(),
  }, { highWaterMark: 0 });
  const body = digest ? verified(stream, digest, key) : stream;
  return {
    info,
    length,
    body,
    bytes: async () => new Uint8Array(await new Response(body).arrayBuffer()),
    text: () => new Response(body).text(),
  };
}

function open(
  transport: Transport,
  key: string,
  { ifMatch, ifNoneMatch, signal }: GetOptions,
  range: string | undefined,
): Promise<Reply> {
  return transport.send({
    operation: "GetObject",
    method: "GET",
    key,
    headers: {
      // Bytes are wanted as they are stored: a coding on the way would change their number.
      "accept-encoding": "identity",
      range,
      "if-match": ifMatch,
      "if-none-match": ifNoneMatch,
    },
    signal,
  }, (reply) => Promise.resolve(reply));
}

function rangeHeader(range: ByteRange | undefined): string | undefined {
  if (!range) return undefined;
  const { start = 0, end } = range;
  const last = end ?? start;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(last) || start < 0 || last < start) {
    throw new TypeError(`range ${start}-${end ?? ""}: expected bytes from 0, in order`);
  }
  return `bytes=${start}-${end ?? ""}`;
}

function totalSize(headers: Headers): number {
  const total = headers.get("content-range")?.match(/\/(\d+)$/)?.[1];
  return Number(total ?? headers.get("content-length") ?? NaN);
}

function startOf(headers: Headers): number {
  return Number(headers.get("content-range")?.match(/^bytes (\d+)-/)?.[1] ?? 0);
}

/** Reads a body, and the rest of it from a new request where the first one broke. */
class ResumingReader {
  #reply: Reply;
  #length: number;
  #reopen: (done: number) => Promise<Reply>;
  #done = 0;
  #cuts = 0;

  constructor(reply: Reply, length: number, reopen: (done: number) => Promise<Reply>) {
    this.#reply = reply;
    this.#length = length;
    this.#reopen = reopen;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      try {
        const chunk = await this.#reply.read();
        if (chunk) {
          this.#done += chunk.length;
          this.#cuts = 0;
          return chunk;
        }
        // Some runtimes end a body quietly when its connection breaks.
        if (this.#done >= this.#length || Number.isNaN(this.#length)) return undefined;
        if (++this.#cuts > MAX_FRUITLESS_CUTS) {
          throw new IntegrityError(`the body ended after ${this.#done} of ${this.#length} bytes`);
        }
      } catch (error) {
        const cut = error instanceof S3Error && error.retryable;
        if (!cut || ++this.#cuts > MAX_FRUITLESS_CUTS) throw error;
      }
      this.#reply = await this.#reopen(this.#done);
      if (this.#reply.status !== 206) {
        await this.#reply.discard();
        throw new IntegrityError(
          "the connection broke, and the server does not resume: it ignores Range",
        );
      }
    }
  }

  cancel(): Promise<void> {
    return this.#reply.discard();
  }
}
