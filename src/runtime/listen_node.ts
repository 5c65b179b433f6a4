/**
 * A fetch handler on node:http. The packages that do this import node:http statically,
 * and a bundle that contains them no longer loads where there is no Node; they also tear down the
 * connection when a handler answers before it has read the body, so that the client never sees the
 * answer.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { FetchHandler, NativeOptions, NativeServer } from "./listen.ts";

/** Starts a server. */
export async function listenNode(
  handler: FetchHandler,
  { hostname, port, tls }: NativeOptions,
): Promise<NativeServer> {
  let closing = false;
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // Bun keeps a connection that becomes idle only now, until it is cut.
    outgoing.once("finish", () => {
      if (closing) server.closeIdleConnections();
    });
    void answer(handler, incoming, outgoing, tls ? "https" : "http");
  };
  const server: Server = tls
    ? (await import("node:https")).createServer(tls, onRequest)
    : (await import("node:http")).createServer(onRequest);
  // Node gives a request five minutes to arrive, which an upload of gigabytes can exceed.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    stop: () => {
      closing = true;
      return new Promise((resolve) => void server.close(() => resolve()));
    },
    kill: () => server.closeAllConnections(),
  };
}

async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  protocol: string,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort(new Error("the client closed the connection"));
  });
  try {
    const response = await handler(toRequest(incoming, protocol, gone.signal));
    await send(response, outgoing, gone.signal);
  } catch {
    // The answer cannot be changed once it has begun; cut short, it is at least seen to be broken.
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(500).end();
  } finally {
    // What the handler left of the body is read and dropped: closing now could lose the answer.
    incoming.resume();
  }
}

function toRequest(incoming: IncomingMessage, protocol: string, signal: AbortSignal): Request {
  const { method = "GET", url = "/", rawHeaders } = incoming;
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  const origin = `${protocol}://${headers.get("host") ?? "localhost"}`;
  const init: RequestInit & { duplex?: "half" } = { method, headers, signal };
  if (method !== "GET" && method !== "HEAD") {
    init.body = toStream(incoming);
    init.duplex = "half";
  }
  // A proxy's client sends the whole URL.
  return new Request(url.startsWith("/") ? origin + url : url, init);
}

function toStream(incoming: IncomingMessage): ReadableStream<Uint8Array> | null {
  if (!("content-length" in incoming.headers || "transfer-encoding" in incoming.headers)) {
    return null;
  }
  const chunks = incoming.iterator({ destroyOnReturn: false });
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  }, { highWaterMark: 0 });
}

async function send(
  response: Response,
  outgoing: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  const reader = response.body?.getReader();
  const onGone = () => void reader?.cancel(gone.reason).catch(() => {});
  gone.addEventListener("abort", onGone, { once: true });
  if (gone.aborted) onGone();
  while (reader) {
    const { value, done } = await reader.read();
    if (done || gone.aborted) break;
    if (!outgoing.write(value)) await drained(outgoing);
  }
  outgoing.end();
}

/** Resolves when the client has taken what was written, or is gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) return resolve();
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("drain", done);
    outgoing.once("close", done);
  });
}
