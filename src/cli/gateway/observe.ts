/**
 * Watches what a handler does: each request from its first byte to the last one of its answer.
 *
 * @module
 */
import { parseRoute, type Resource } from "../../registry/routes.ts";
import type { FetchHandler } from "../../runtime/listen.ts";

/** A request that is over. */
export interface Observation {
  /** Such as `GET`. */
  method: string;
  /** The path; what follows it may hold what is not for logs. */
  path: string;
  /** What the path is about. */
  resource: Resource | "other";
  /** Of the answer. */
  status: number;
  /** Bytes of the request's body. */
  received: number;
  /** Bytes of the answer's body. */
  sent: number;
  /** From the first byte to the last, in milliseconds. */
  milliseconds: number;
  /** Whether the client went away, or the answer broke, before its end. */
  cut: boolean;
}

/**
 * Watches a handler.
 *
 * @param handler answers the requests
 * @param onDone is told of each of them
 * @param clock in milliseconds
 * @returns a handler that gives the same answers
 */
export function observe(
  handler: FetchHandler,
  onDone: (observation: Observation) => void,
  clock: () => number = () => performance.now(),
): FetchHandler {
  return async (request) => {
    const start = clock();
    const { url, method, headers, body } = request;
    const path = new URL(url).pathname;
    let received = 0;
    let sent = 0;
    const done = (status: number, cut: boolean) => {
      const milliseconds = clock() - start;
      const resource = resourceOf(path);
      onDone({ method, path, resource, status, received, sent, milliseconds, cut });
    };
    const counted = body && counting(body, (bytes) => received += bytes, () => {});
    const init: RequestInit & { duplex?: "half" } = {
      method,
      headers,
      body: counted,
      duplex: "half",
    };
    const response = await handler(counted ? new Request(url, init) : request);
    const { status } = response;
    if (!response.body) {
      done(status, false);
      return response;
    }
    const answer = counting(response.body, (bytes) => sent += bytes, (cut) => done(status, cut));
    return new Response(answer, { status, headers: response.headers });
  };
}

function resourceOf(path: string): Observation["resource"] {
  try {
    return parseRoute(path)?.resource ?? "other";
  } catch {
    return "other";
  }
}

function counting(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (count: number) => void,
  onEnd: (cut: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          onEnd(false);
          return controller.close();
        }
        onBytes(value.length);
        controller.enqueue(value);
      } catch (error) {
        onEnd(true);
        throw error;
      }
    },
    async cancel(reason) {
      onEnd(true);
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
