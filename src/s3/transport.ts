/**
 * Sends a request until it is answered: signs, retries, and corrects what S3 says is wrong with our
 * clock, region or credentials.
 *
 * @module
 */
import { sha256Hex } from "../digest.ts";
import { type Endpoint, type EndpointOptions, resolveEndpoint } from "./endpoint.ts";
import { S3Error, type S3ErrorDetails } from "./errors.ts";
import { Reply } from "./reply.ts";
import { isRetryable, type RetryOptions, RetryPolicy, type Timing } from "./retry.ts";
import { Signer } from "./signer.ts";
import type { Credentials, CredentialsProvider, RequestEvent, RequestKind } from "./types.ts";
import { readXml, type Xml } from "./xml.ts";

/** A request of S3. */
export interface Call {
  /** The S3 operation, for errors and counters. */
  operation: string;
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  key?: string;
  /** What is undefined is left out, here and in the headers. */
  query?: Record<string, string | undefined>;
  headers?: Record<string, string | undefined>;
  body?: Uint8Array<ArrayBuffer> | string;
  /** SHA-256 of the body in hexadecimal, where the caller knows it already. */
  sha256?: string;
  signal?: AbortSignal | undefined;
}

/** What a client is made of; see S3ClientOptions for the meaning. */
export interface TransportOptions extends EndpointOptions, Timing {
  credentials: Credentials | CredentialsProvider | "anonymous";
  fetch: typeof fetch;
  retry: RetryOptions;
  timeouts: { attempt: number; idle: number };
  onRequest?: ((event: RequestEvent) => void) | undefined;
}

/** A request may take this long for its headers, plus the time that its body needs at this rate. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 100;

/** S3 refuses requests that are 15 minutes off; a third of that is worth correcting. */
const SKEW_MS = 5 * 60_000;

const STALE_CREDENTIALS = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidToken",
  "TokenRefreshRequired",
]);

/** What has been corrected once in this request, and is not corrected again. */
interface Corrections {
  skew?: boolean;
  credentials?: boolean;
  region?: boolean;
}

/** One bucket's connection: endpoint, signer and retry state, shared by all requests. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #signer: Signer;
  readonly #policy: RetryPolicy;
  #region: string;
  #endpoint: Endpoint;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#region = options.region;
    this.#endpoint = resolveEndpoint(options);
    this.#signer = new Signer(options.clock);
    this.#policy = new RetryPolicy(options.retry, options);
  }

  /** The bucket's region: the one that was given, or the one that S3 has said it is in. */
  get region(): string {
    return this.#region;
  }

  /** The same connection to another bucket of the same service. */
  forBucket(bucket = this.#options.bucket): Transport {
    return bucket === this.#options.bucket ? this : new Transport({ ...this.#options, bucket });
  }

  /**
   * Sends a request and reads its answer; a failure of either is retried if it may pass.
   *
   * @param call the request
   * @param read makes the result of a successful answer
   */
  async send<T>(call: Call, read: (reply: Reply) => Promise<T>): Promise<T> {
    call.signal?.throwIfAborted();
    // Once, not at every attempt.
    const sha256 = call.sha256 ?? await sha256Hex(call.body ?? "");
    const done: Corrections = {};
    let retryCost = 0;
    for (let attempt = 1;;) {
      await this.#policy.beforeAttempt(call.signal);
      const region = this.#region;
      let error: S3Error;
      let retryAfter: string | undefined;
      try {
        const reply = await this.#attempt({ ...call, sha256 }, attempt, done.credentials ?? false);
        if (reply.status >= 200 && reply.status < 300) {
          const result = await read(reply);
          this.#policy.onSuccess(retryCost);
          return result;
        }
        const { xml } = parse(await reply.text());
        error = this.#errorOf(call, reply, xml?.name === "Error" ? xml : undefined);
        retryAfter = reply.headers.get("retry-after") ?? undefined;
        if (await this.#correct(error, reply.headers, call, region, done)) continue;
      } catch (thrown) {
        if (!(thrown instanceof S3Error)) throw thrown;
        error = thrown;
      }
      const cost = await this.#policy.onFailure(error, attempt, retryAfter, call.signal);
      if (cost === undefined) throw error;
      retryCost = cost;
      attempt++;
    }
  }

  /** Sends a request whose answer has no content of interest. */
  sendForHeaders(call: Call): Promise<Headers> {
    return this.send(call, (reply) => {
      reply.discard();
      return Promise.resolve(reply.headers);
    });
  }

  /**
   * Sends a request that is answered by an XML document. S3 answers some of them, copies and
   * completions, 200 before it knows how they end: an error may stand in the document.
   *
   * @param call the request
   * @param root what the name of the document's root begins with
   */
  sendForXml(call: Call, root: string): Promise<{ xml: Xml; headers: Headers }> {
    return this.send(call, async (reply) => {
      const { xml, problem } = parse(await reply.text());
      if (xml?.name === "Error") throw this.#errorOf(call, reply, xml);
      if (xml?.name.startsWith(root)) return { xml, headers: reply.headers };
      // A cut document, or a proxy's page.
      const reason = problem ?? `expected <${root}>, got <${xml?.name}>`;
      throw this.#error(call, { code: "MalformedAnswer", status: reply.status, reason });
    });
  }

  /** A URL that carries its signature. */
  async presign(call: Call, expiresIn: number): Promise<string> {
    const url = this.#endpoint.url(call.key, call.query);
    const credentials = await this.#credentials(false, call.signal);
    if (!credentials) return url;
    const signable = { method: call.method, url, headers: {} };
    return await this.#signer.presign(signable, credentials, this.#region, expiresIn);
  }

  async #attempt(
    call: Call & { sha256: string },
    attempt: number,
    refresh: boolean,
  ): Promise<Reply> {
    const { timeouts, fetch, onRequest } = this.#options;
    const { signal, operation, key, method, body } = call;
    const headers = await this.#headers(call, refresh);
    const abort = new AbortController();
    const onAbort = () => abort.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const release = () => signal?.removeEventListener("abort", onAbort);
    const limit = timeouts.attempt + (body?.length ?? 0) / SLOWEST_UPLOAD_BYTES_PER_MS;
    let timedOut: string | undefined;
    const timer = setTimeout(() => {
      timedOut = `no answer within ${Math.round(limit)} ms`;
      abort.abort();
    }, limit);
    const broken = (cause: unknown, timedOut?: string) =>
      this.#error(call, {
        code: timedOut ? "Timeout" : "NetworkError",
        status: 0,
        reason: timedOut ?? (cause instanceof Error ? cause.message : String(cause)),
      }, cause);
    onRequest?.({ operation, kind: kindOf(call), key, attempt });
    try {
      const response = await fetch(this.#endpoint.url(key, call.query), {
        method,
        headers,
        // Following a redirect would show the signature to another host.
        redirect: "manual",
        signal: abort.signal,
        body: body ?? null,
      });
      return new Reply(response, { signal, broken, abort, idleTimeout: timeouts.idle, release });
    } catch (error) {
      release();
      signal?.throwIfAborted();
      throw broken(error, timedOut);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Signs what S3 checks; what proxies on the way may rewrite is added unsigned. */
  async #headers(call: Call & { sha256: string }, refresh: boolean): Promise<Headers> {
    const signed: Record<string, string> = { "x-amz-content-sha256": call.sha256 };
    const unsigned: [string, string][] = [];
    for (const [name, value] of Object.entries(call.headers ?? {})) {
      if (value === undefined) continue;
      if (name.startsWith("x-amz-") || name === "content-md5") signed[name] = value;
      else unsigned.push([name, value]);
    }
    const credentials = await this.#credentials(refresh, call.signal);
    const headers = credentials
      ? await this.#signer.sign(
        { method: call.method, url: this.#endpoint.url(call.key, call.query), headers: signed },
        credentials,
        this.#region,
      )
      : new Headers(signed);
    for (const [name, value] of unsigned) headers.set(name, value);
    return headers;
  }

  async #credentials(refresh: boolean, signal?: AbortSignal): Promise<Credentials | undefined> {
    const { credentials } = this.#options;
    if (credentials === "anonymous") return undefined;
    if (typeof credentials !== "function") return credentials;
    return await credentials({ refresh, signal });
  }

  /** Sets right what the answer says is wrong; true if the request is worth sending again. */
  async #correct(
    error: S3Error,
    headers: Headers,
    call: Call,
    usedRegion: string,
    done: Corrections,
  ): Promise<boolean> {
    if (error.status >= 500) return false;
    if (this.#options.credentials === "anonymous" && !isRedirect(error.status)) return false;
    return this.#correctSkew(error, headers, done) ||
      this.#refreshCredentials(error, call, done) ||
      await this.#correctRegion(error, call, usedRegion, done);
  }

  #correctSkew(error: S3Error, headers: Headers, done: Corrections): boolean {
    if (done.skew || (error.code !== "RequestTimeTooSkewed" && error.status !== 403)) return false;
    const skew = Date.parse(headers.get("date") ?? "") - this.#options.clock();
    // The first half of the condition also stops an answer without a date (NaN).
    if (!(Math.abs(skew - this.#signer.skew) > SKEW_MS)) return false;
    this.#signer.skew = skew;
    return done.skew = true;
  }

  #refreshCredentials(error: S3Error, call: Call, done: Corrections): boolean {
    if (done.credentials || typeof this.#options.credentials !== "function") return false;
    // S3 answers HEAD with expired credentials 400, and without a body that would say why.
    const stale = STALE_CREDENTIALS.has(error.code) ||
      (call.method === "HEAD" && error.status === 400);
    return done.credentials = stale;
  }

  async #correctRegion(
    error: S3Error,
    call: Call,
    usedRegion: string,
    done: Corrections,
  ): Promise<boolean> {
    const misdirected = isRedirect(error.status) || error.code === "AuthorizationHeaderMalformed" ||
      error.code === "IllegalLocationConstraintException" ||
      (call.method === "HEAD" && error.status === 400);
    if (done.region || !misdirected) return false;
    done.region = true;
    // Another request that ran beside this one may have learned it already.
    if (this.#region !== usedRegion) return true;
    const region = error.region ?? await this.#askRegion(call.signal);
    if (region === undefined || region === usedRegion) return false;
    this.#endpoint = resolveEndpoint({ ...this.#options, region });
    this.#region = region;
    return true;
  }

  /** S3 tells anybody the region of any bucket, in a header of whatever it answers. */
  async #askRegion(signal?: AbortSignal): Promise<string | undefined> {
    if (!this.#endpoint.aws) return undefined;
    const response = await this.#options.fetch(this.#endpoint.url(), {
      method: "HEAD",
      redirect: "manual",
      signal: signal ?? null,
    }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.headers.get("x-amz-bucket-region") ?? undefined;
  }

  /** The error that an answer tells of, in its document or, without one, by its status. */
  #errorOf(call: Call, { status, headers }: Reply, xml: Xml | undefined): S3Error {
    // A 200 says nothing here: the error came after it.
    const code = xml?.get("Code") ?? CODES[status] ?? `HTTP${status < 300 ? 500 : status}`;
    const hint = isRedirect(status)
      ? ` (the bucket is not at this endpoint, but at ${hostOf(headers.get("location"))})`
      : status === 403 && this.#options.credentials === "anonymous"
      ? " (the request was not signed: no credentials were given)"
      : "";
    return this.#error(call, {
      code,
      status,
      reason: (xml?.get("Message") || "the answer has no message") + hint,
      requestId: headers.get("x-amz-request-id") ?? xml?.get("RequestId"),
      region: xml?.get("Region") ?? headers.get("x-amz-bucket-region") ??
        // Such as bucket.s3.eu-west-1.amazonaws.com
        xml?.get("Endpoint")?.match(/\bs3[.-](?:dualstack\.)?([a-z0-9-]+)\.amazonaws\./)?.[1],
    });
  }

  #error(
    { operation, key }: Call,
    details: Pick<S3ErrorDetails, "code" | "status" | "reason" | "requestId" | "region">,
    cause?: unknown,
  ): S3Error {
    const { code, status } = details;
    const retryable = isRetryable(code, status);
    const { bucket } = this.#options;
    return new S3Error({ ...details, operation, key, bucket, retryable }, { cause });
  }
}

/** Where no document tells more: the answers to HEAD, and to conditions. */
const CODES: Record<number, string> = {
  304: "NotModified",
  400: "BadRequest",
  403: "Forbidden",
  404: "NotFound",
  412: "PreconditionFailed",
};

/** The document of an answer, or why it is none. */
function parse(text: string): { xml?: Xml; problem?: string } {
  try {
    return { xml: readXml(text) };
  } catch (error) {
    return { problem: String(error) };
  }
}

/** What a request is billed and counted as. */
function kindOf({ operation, method }: Call): RequestKind {
  return operation.startsWith("List") ? "LIST" : operation.includes("Copy") ? "COPY" : method;
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 307 || status === 308;
}

/** Only the host of a redirect is told: its query may be signed. */
function hostOf(location: string | null): string {
  try {
    return new URL(location!).host;
  } catch {
    return "a place that it does not name";
  }
}
