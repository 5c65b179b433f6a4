/**
 * The bodies of requests.
 *
 * @module
 */
import { RegistryError } from "./errors.ts";

/** A body of any size. */
export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Reads a body that has to fit into memory.
 *
 * @param request whose body is read
 * @param limit in bytes
 * @returns the body
 * @throws {RegistryError} `SIZE_INVALID` if it is longer
 */
export async function readBody(
  request: Request,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = request.body as ByteStream | null;
  if (!body) return new Uint8Array();
  return new Uint8Array(await new Response(limited(body, limit)).arrayBuffer());
}

/**
 * A body that fails when it is longer than it may be.
 *
 * @param body of a request
 * @param limit in bytes
 * @returns the same bytes
 */
export function limited(body: ByteStream, limit: number): ByteStream {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size > limit) {
          throw new RegistryError("SIZE_INVALID", `the body has more than ${limit} bytes`, {
            status: 413,
          });
        }
        controller.enqueue(chunk);
      },
    }),
  );
}

/**
 * A body that fails when it does not have the length that it should have.
 *
 * @param body of a request
 * @param length in bytes
 * @param failure makes the error
 * @param isCut whether the connection broke, so that the body may be shorter
 * @returns the same bytes
 */
export function exactly(
  body: ByteStream,
  length: number,
  failure: () => Error,
  isCut: () => boolean = () => false,
): ByteStream {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size > length) throw failure();
        controller.enqueue(chunk);
      },
      flush() {
        if (size < length && !isCut()) throw failure();
      },
    }),
  );
}

/**
 * A body that ends where its connection broke. What we refuse ourselves is no such end.
 *
 * @param body of a request
 * @returns its bytes, and what broke it, which is known when they are read
 */
export function untilCut(body: ByteStream): { body: ByteStream; cut: () => unknown } {
  const reader = body.getReader();
  let broken: unknown;
  return {
    cut: () => broken,
    body: new ReadableStream({
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (!done) return controller.enqueue(value);
        } catch (error) {
          if (error instanceof RegistryError) throw error;
          broken = error;
        }
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 }),
  };
}

/**
 * One body after the other.
 *
 * @param bodies opened when their turn comes
 * @returns all of their bytes
 */
export function concatenated(bodies: Iterable<() => Promise<ByteStream>>): ByteStream {
  const rest = bodies[Symbol.iterator]();
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream({
    async pull(controller) {
      for (;;) {
        if (!reader) {
          const { value: open, done } = rest.next();
          if (done) return controller.close();
          reader = (await open()).getReader();
        }
        const { value, done } = await reader.read();
        if (!done) return controller.enqueue(value);
        reader = undefined;
      }
    },
    cancel: (reason) => reader?.cancel(reason),
  }, { highWaterMark: 0 });
}
