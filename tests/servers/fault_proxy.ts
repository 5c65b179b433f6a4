/** A proxy that breaks what it is told to break, and remembers what passed. */
import { sleep } from "../../src/sleep.ts";
import { type Handler, inProcessFetch } from "./in_process.ts";

/** A request as the proxy saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** In bytes. */
  readonly bodyLength: number;
}

/** Does something to a request, its answer, or both; `forward` carries a request out. */
export type Fault = (request: Request, forward: Handler) => Promise<Response>;

/** When a fault strikes. */
export interface FaultRule {
  /** Which requests are counted; all if left out. */
  when?: (request: SeenRequest) => boolean;
  /** The first of them that is struck, counted from 1. */
  nth?: number;
  /** How many are struck, 1 if left out; `Infinity` for all from then on. */
  times?: number;
  /** What happens to them. */
  fault: Fault;
}

/** A proxy. */
export interface FaultProxy {
  /** A fetch that goes through the proxy. */
  fetch: typeof fetch;
  /** The same as a handler, to listen with. */
  handler: Handler;
  /** Every request that came, in order. */
  requests: SeenRequest[];
  /** Adds a rule; of several that match, the first one strikes. */
  add(rule: FaultRule): void;
}

/**
 * Puts a proxy before a server.
 *
 * @param target answers what is let through
 * @param rules what goes wrong
 */
export function createFaultProxy(target: Handler, rules: readonly FaultRule[] = []): FaultProxy {
  const active: { rule: FaultRule; matched: number }[] = [];
  const requests: SeenRequest[] = [];
  const add = (rule: FaultRule) => void active.push({ rule, matched: 0 });
  rules.forEach(add);
  const handler: Handler = async (request) => {
    const body = request.body ? await request.arrayBuffer() : undefined;
    const { method, headers, signal } = request;
    const seen = { method, url: new URL(request.url), headers, bodyLength: body?.byteLength ?? 0 };
    requests.push(seen);
    const fault = chooseFault(active, seen);
    const whole = new Request(request.url, { method, headers, signal, body: body ?? null });
    return fault ? await fault(whole, target) : await target(whole);
  };
  return { fetch: inProcessFetch(handler), handler, requests, add };
}

function chooseFault(
  active: { rule: FaultRule; matched: number }[],
  seen: SeenRequest,
): Fault | undefined {
  let chosen: Fault | undefined;
  for (const entry of active) {
    const { when, nth = 1, times = 1, fault } = entry.rule;
    if (when && !when(seen)) continue;
    entry.matched++;
    if (entry.matched >= nth && entry.matched < nth + times) chosen ??= fault;
  }
  return chosen;
}

// Which requests.

/** Requests of a method, whose URL contains a text. */
export function requestsOf(method: string, part = ""): (request: SeenRequest) => boolean {
  return (request) => request.method === method && request.url.href.includes(part);
}

/** UploadPart requests of a part number. */
export function partRequests(partNumber: number): (request: SeenRequest) => boolean {
  return ({ method, url }) =>
    method === "PUT" && url.searchParams.get("partNumber") === String(partNumber);
}

/** CompleteMultipartUpload requests. */
export function completions({ method, url }: SeenRequest): boolean {
  return method === "POST" && url.searchParams.has("uploadId");
}

/** CopyObject and UploadPartCopy requests. */
export function copies({ method, headers }: SeenRequest): boolean {
  return method === "PUT" && headers.has("x-amz-copy-source");
}

// What happens to them.

/** Answers with an error instead of carrying the request out. */
export function answerError(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Fault {
  return (request) => Promise.resolve(errorResponse(request, status, code, headers));
}

/** Answers 200 and puts the error into the document, as S3 does when a copy fails late. */
export function answerErrorInBody(code: string): Fault {
  return answerError(200, code);
}

/** Fails as fetch does when there is no connection. */
export function failConnection(): Fault {
  return () => Promise.reject(new TypeError("connection refused"));
}

/** Carries the request out, and loses the answer. */
export function dropReply(): Fault {
  return async (request, forward) => {
    const response = await forward(request);
    await response.body?.cancel();
    throw new TypeError("connection closed before the answer");
  };
}

/** Waits before the request is carried out. */
export function delay(ms: number): Fault {
  return async (request, forward) => {
    await sleep(ms, request.signal);
    return await forward(request);
  };
}

/** Cuts the connection after some bytes of the answer's body. */
export function cutBody(bytes: number): Fault {
  return async (request, forward) => {
    const response = await forward(request);
    const whole = new Uint8Array(await response.arrayBuffer());
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) return controller.error(new TypeError("connection closed"));
        sent = true;
        controller.enqueue(whole.slice(0, bytes));
      },
    });
    const { status, headers } = response;
    return new Response(body, { status, headers });
  };
}

/** Ends the answer's body early, as if that were all of it; its headers say more. */
export function shortenBody(bytes: number): Fault {
  return async (request, forward) => {
    const response = await forward(request);
    const whole = new Uint8Array(await response.arrayBuffer());
    // A stream, so that no runtime corrects the Content-Length.
    const body = new Blob([whole.slice(0, bytes)]).stream();
    const { status, headers } = response;
    return new Response(body, { status, headers });
  };
}

/** Sets headers of the request on its way, or with undefined removes them. */
export function rewriteHeaders(headers: Record<string, string | undefined>): Fault {
  return (request, forward) => {
    const changed = new Request(request);
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) changed.headers.delete(name);
      else changed.headers.set(name, value);
    }
    return forward(changed);
  };
}

/** Sets headers of the answer. */
export function rewriteAnswer(headers: Record<string, string>): Fault {
  return async (request, forward) => {
    const { body, status, headers: old } = await forward(request);
    return new Response(body, { status, headers: { ...Object.fromEntries(old), ...headers } });
  };
}

/** What some proxies of S3-compatible services cannot do: chunked signatures. */
export function refuseChunkedSignatures(): FaultRule {
  return {
    when: ({ headers }) =>
      headers.get("content-encoding")?.includes("aws-chunked") === true ||
      headers.get("x-amz-content-sha256")?.startsWith("STREAMING-") === true,
    times: Infinity,
    fault: answerError(501, "NotImplemented"),
  };
}

/** A server that hides whether an object exists from who may not list. */
export function forbidHead(): FaultRule {
  return { when: requestsOf("HEAD"), times: Infinity, fault: answerError(403, "AccessDenied") };
}

/** Carries a completion out, loses the answer, and knows nothing of the upload afterwards. */
export function loseCompletion(): FaultRule[] {
  return [
    { when: completions, fault: dropReply() },
    { when: completions, nth: 2, times: Infinity, fault: answerError(404, "NoSuchUpload") },
  ];
}

function errorResponse(
  request: Request,
  status: number,
  code: string,
  headers: Record<string, string>,
): Response {
  if (request.method === "HEAD") return new Response(null, { status, headers });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
    `<Message>injected by the test</Message><RequestId>TEST</RequestId></Error>`;
  return new Response(body, { status, headers: { "content-type": "application/xml", ...headers } });
}
