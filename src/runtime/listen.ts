/**
 * Serves a fetch handler over HTTP, with each runtime's own server.
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
 * @param handler answers the requests
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
  const start = { deno: listenDeno, bun: listenBun }[runtime as string] ?? listenNode;
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

function listenDeno(
  handler: FetchHandler,
  { hostname, port, tls }: NativeOptions,
): NativeServer {
  const { Deno } = globalThis as unknown as { Deno: DenoServe };
  const abort = new AbortController();
  const options = { hostname, port, ...tls, signal: abort.signal, onListen: () => {} };
  const server = Deno.serve(options, handler);
  return {
    port: server.addr.port,
    stop: () => server.shutdown(),
    kill: () => abort.abort(),
  };
}

function listenBun(
  handler: FetchHandler,
  { hostname, port, tls }: NativeOptions,
): NativeServer {
  const { Bun } = globalThis as unknown as { Bun: BunServe };
  const server = Bun.serve({
    hostname,
    port,
    ...(tls ? { tls } : {}),
    // Bun cuts uploads at 128 MiB, and connections that are quiet for ten seconds.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: 0,
    fetch: handler,
  });
  return {
    port: server.port,
    stop: () => server.stop(),
    kill: () => void server.stop(true),
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
    },
    handler: FetchHandler,
  ): { addr: { port: number }; shutdown(): Promise<void> };
}

/** The part of Bun that serves. */
interface BunServe {
  serve(options: {
    hostname: string;
    port: number;
    tls?: { cert: string; key: string };
    maxRequestBodySize: number;
    idleTimeout: number;
    fetch: FetchHandler;
  }): { port: number; stop(closeActiveConnections?: boolean): Promise<void> };
}
