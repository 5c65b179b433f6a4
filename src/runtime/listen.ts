/**
 * Serves a fetch handler over HTTP: on Deno with its own server, on Bun and Node with node:http.
 *
 * @module
 */
import { listenNode } from "./listen_node.ts";
import { requireDisk, runtime } from "./runtime.ts";

/** Answers requests; the standard form on every runtime. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Options of {@linkcode listen}. */
export interface ListenOptions {
  /** The address to listen on; `127.0.0.1`, which nobody else reaches, if left out. */
  hostname?: string;
  /** The port; a free one if left out or 0. */
  port?: number;
  /** A certificate chain in PEM; with `key`, the server speaks TLS. */
  cert?: string;
  /** The private key of the certificate, in PEM. */
  key?: string;
  /** Ends the server as {@linkcode Listener.close} does. */
  signal?: AbortSignal;
}

/** A server that listens. */
export interface Listener {
  /** Where it is reached, without a trailing slash. */
  readonly url: string;
  /** The address that it listens on. */
  readonly hostname: string;
  /** The port that it listens on. */
  readonly port: number;
  /**
   * Stops listening, lets the requests that are being answered end, and cuts those that take
   * longer than a few seconds.
   */
  close(): Promise<void>;
}

/** A runtime's server. */
export interface NativeServer {
  /** The port that it listens on. */
  readonly port: number;
  /** Stops listening; resolves when all requests are answered. */
  stop(): Promise<void>;
  /** Cuts all connections. */
  kill(): void;
}

/** What a runtime's server is started with. */
export interface NativeOptions {
  readonly hostname: string;
  readonly port: number;
  /** Certificate and key, for TLS. */
  readonly tls: { cert: string; key: string } | undefined;
}

/** How long requests may go on when the server is closed, in milliseconds. */
const GRACE = 3000;

/**
 * Serves a handler. Bodies are streamed both ways, whatever their size.
 *
 * @param handler answers the requests; where it throws, the answer is 500 and says no more
 * @param options where to listen
 * @returns the server, which listens
 * @throws {Error} if the address is taken, or not one of this machine
 */
export async function listen(
  handler: FetchHandler,
  { hostname = "127.0.0.1", port = 0, cert, key, signal }: ListenOptions = {},
): Promise<Listener> {
  requireDisk("listening on a port");
  signal?.throwIfAborted();
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("TLS needs both a certificate and its key");
  }
  const tls = cert !== undefined && key !== undefined ? { cert, key } : undefined;
  // Bun has node:http too, and its own server drops the Content-Length of a streamed answer.
  const start = runtime === "deno" ? listenDeno : listenNode;
  const server = await start(handler, { hostname, port, tls });
  let closed: Promise<void> | undefined;
  const close = () => closed ??= stopSoon(server).finally(() => removeListener());
  const onAbort = () => void close();
  const removeListener = () => signal?.removeEventListener("abort", onAbort);
  signal?.addEventListener("abort", onAbort, { once: true });
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    url: `${tls ? "https" : "http"}://${host}:${server.port}`,
    hostname,
    port: server.port,
    close,
  };
}

async function stopSoon(server: NativeServer): Promise<void> {
  const timer = setTimeout(() => server.kill(), GRACE);
  try {
    await server.stop();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Deno's own way to close a server gracefully cannot be cut short any more once it has begun, so
 * that the requests are counted here: those that are being answered end, later ones are refused.
 * Only then does that way begin: an answer that is complete may still be on its way to the client.
 */
function listenDeno(
  handler: FetchHandler,
  { hostname, port, tls }: NativeOptions,
): NativeServer {
  const { Deno } = globalThis as unknown as { Deno: DenoServe };
  const abort = new AbortController();
  let kill = () => abort.abort();
  const answering = new Set<Promise<void>>();
  let closing = false;
  const server = Deno.serve({
    hostname,
    port,
    ...tls,
    signal: abort.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, (request, { completed }) => {
    if (closing) return new Response(null, { status: 503, headers: { connection: "close" } });
    const end: Promise<void> = completed.catch(() => {}).finally(() => answering.delete(end));
    answering.add(end);
    return handler(request);
  });
  return {
    port: server.addr.port,
    async stop() {
      closing = true;
      await Promise.race([Promise.all(answering), server.finished]);
      if (abort.signal.aborted) return await server.finished;
      // A client that does not take the rest must not hold anybody up.
      const cut = new Promise<void>((resolve) => kill = resolve);
      await Promise.race([server.shutdown(), cut]);
      server.unref();
    },
    kill: () => kill(),
  };
}

/** The part of Deno that serves. */
interface DenoServe {
  serve(
    options: {
      hostname: string;
      port: number;
      cert?: string;
      key?: string;
      signal: AbortSignal;
      onListen: () => void;
      onError: () => Response;
    },
    handler: (
      request: Request,
      info: { completed: Promise<void> },
    ) => Response | Promise<Response>,
  ): {
    addr: { port: number };
    finished: Promise<void>;
    shutdown(): Promise<void>;
    unref(): void;
  };
}
