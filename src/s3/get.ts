/**
 * Reads objects: whole or in part, verified, and through cuts of the connection.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import { linkedAbort } from "../linked_abort.ts";
import { verified } from "../runtime/verified_stream.ts";
import { S3Error } from "./errors.ts";
import { readObjectHeaders } from "./object_headers.ts";
import { rangeHeader } from "./ranges.ts";
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
  // Ends what is being read when the body is cancelled.
  const { abort, signal } = linkedAbort(options.signal);
  const asked = { ...options, signal };
  const { reply: first, start, end, size } = await open(transport, key, asked, range);
  const length = end - start + 1;
  const info = readObjectHeaders(key, first.headers, size);
  const chunks = resuming(key, first, length, async (done) => {
    const rest = { start: start + done, end };
    const same = { ...asked, ifMatch: info.etag || undefined };
    return (await open(transport, key, same, rest)).reply;
  });
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel(reason) {
      abort.abort(reason);
      first.discard();
    },
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

/** An answer, and which bytes of how large an object it has. */
interface Opened {
  reply: Reply;
  start: number;
  end: number;
  size: number;
}

async function open(
  transport: Transport,
  key: string,
  { ifMatch, ifNoneMatch, signal }: GetOptions,
  range: ByteRange | undefined,
): Promise<Opened> {
  const reply = await transport.send({
    operation: "GetObject",
    method: "GET",
    key,
    headers: {
      // Bytes are wanted as they are stored: a coding on the way would change their number.
      "accept-encoding": "identity",
      range: range && rangeHeader(range),
      "if-match": ifMatch,
      "if-none-match": ifNoneMatch,
    },
    signal,
  }, (reply) => Promise.resolve(reply));
  const { status, headers } = reply;
  const length = Number(headers.get("content-length") ?? NaN);
  // Such as "bytes 0-4/10".
  const part = status === 206 && headers.get("content-range")?.match(/\d+/g)?.map(Number);
  const [start = NaN, end = NaN, size = NaN] = part || [0, length - 1, length];
  if (
    range && (start !== (range.start ?? 0) || end !== Math.min(range.end ?? Infinity, size - 1))
  ) {
    reply.discard();
    throw new IntegrityError(`${key}: the server ignores Range, or answers another one`);
  }
  return { reply, start, end, size };
}

/** The chunks of a body, the rest of them from a new request where the connection broke. */
async function* resuming(
  key: string,
  reply: Reply,
  length: number,
  reopen: (done: number) => Promise<Reply>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let done = 0;
  let cuts = 0;
  try {
    for (;;) {
      try {
        for (let chunk; (chunk = await reply.read());) {
          done += chunk.length;
          cuts = 0;
          yield chunk;
        }
        if (done > length) {
          throw new IntegrityError(
            `${key}: ${done} bytes came, not ${length}: its Content-Encoding was decoded on the way`,
          );
        }
        // Some runtimes end a body quietly when its connection breaks.
        if (!(done < length)) return;
        if (++cuts > MAX_FRUITLESS_CUTS) {
          throw new IntegrityError(`${key}: the body ended after ${done} of ${length} bytes`);
        }
      } catch (error) {
        if (!(error instanceof S3Error && error.retryable && ++cuts <= MAX_FRUITLESS_CUTS)) {
          throw error;
        }
      }
      reply = await reopen(done);
    }
  } finally {
    reply.discard();
  }
}
