/**
 * What a gateway that is a server has around the registry: limits, a health check, metrics.
 *
 * @module
 */
import type { FetchHandler } from "../../runtime/listen.ts";
import { isLoopback } from "../loopback.ts";
import type { Metrics } from "./metrics.ts";
import { type Observation, observe } from "./observe.ts";

/** In characters; clients of registries stay far below. */
const MAX_URL = 8 * 1024;
const MAX_HEADERS = 32 * 1024;

/** What there is besides the registry. */
export interface FrontOptions {
  /** Counts; its text is what `/metrics` shows. */
  metrics: Metrics;
  /** Is told of each request that is over. */
  onDone: (observation: Observation) => void;
  /** Lets a request see the metrics, or answers it. */
  authorize: (request: Request) => Promise<Response | undefined>;
  /** Whether nothing but its place protects the registry: it then answers this machine's programs only. */
  isLocal?: boolean;
}

/**
 * Puts a front before a registry.
 *
 * @param registry answers what the front does not
 * @param options what there is besides
 * @returns a handler
 */
export function createFront(
  registry: FetchHandler,
  { metrics, onDone, authorize, isLocal = false }: FrontOptions,
): FetchHandler {
  const observed = observe(registry, (observation) => {
    metrics.done(observation);
    onDone(observation);
  });
  return async (request) => {
    const refusal = refuse(request) ?? (isLocal ? refusePages(request) : undefined);
    if (refusal) return refusal;
    switch (new URL(request.url).pathname) {
      case "/healthz":
        return text("ok\n");
      case "/metrics":
        return await authorize(request) ?? text(metrics.toString(), "; version=0.0.4");
      default:
        metrics.start();
        return await observed(request);
    }
  };
}

function refuse({ url, headers }: Request): Response | undefined {
  if (url.length > MAX_URL) return new Response("the URL is too long\n", { status: 414 });
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size > MAX_HEADERS
    ? new Response("the headers are too long\n", { status: 431 })
    : undefined;
}

/**
 * A page of the web may send requests to this machine too, under a name of its own or under ours;
 * browsers then say where it is from.
 */
function refusePages({ url, headers }: Request): Response | undefined {
  const { hostname } = new URL(url);
  const origin = headers.get("origin");
  if (origin === null && isLoopback(hostname)) return undefined;
  const what = origin === null ? `requests to ${hostname}` : `pages of ${origin}`;
  const why = `without a token, only programs of this machine are served, not ${what}`;
  return new Response(`${why}: see --token-file\n`, { status: 403 });
}

function text(body: string, parameters = ""): Response {
  const type = `text/plain${parameters}; charset=utf-8`;
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-store" } });
}
