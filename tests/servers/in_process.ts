/** fetch without a network: for tests on runtimes that cannot listen. */

/** Answers requests. */
export type Handler = (request: Request) => Promise<Response>;

/**
 * A fetch that hands each request to a handler. What the network would do, it does: bodies of known
 * length get a Content-Length and streams are sent chunked, a redirect is given back, and an abort
 * ends the request or the body of its answer.
 */
export function inProcessFetch(handler: Handler): typeof fetch {
  return async (input, init) => {
    const sent = new Request(input, init);
    const { signal } = sent;
    const exchange = async () =>
      await handler(new Request(sent.url, await onTheWire(sent, init?.body)));
    const response = await untilAborted(exchange, signal);
    if (!response.body) return response;
    // Through a stream of its own: the server's stream cannot know of the client's signal.
    const body = response.body.pipeThrough(new TransformStream(), { signal });
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  };
}

/** The request as its headers and body arrive. */
async function onTheWire(request: Request, body: BodyInit | null | undefined) {
  const { method, signal } = request;
  const headers = new Headers(request.headers);
  if (method === "GET" || method === "HEAD") return { method, headers, signal };
  if (body instanceof ReadableStream) {
    headers.set("transfer-encoding", "chunked");
    return { method, headers, signal, body: request.body, duplex: "half" };
  }
  const bytes = new Uint8Array(await request.arrayBuffer());
  headers.set("content-length", String(bytes.length));
  return { method, headers, signal, body: bytes.length > 0 ? bytes : null };
}

function untilAborted<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    run().then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
