/**
 * Sends a request until it is answered: signs, retries, and corrects what S3 says is wrong with our
 * clock, region or credentials.
 *
 * @module
 */
import { sha256Hex } from "../digest.ts";
import { Connection } from "./connection.ts";
import { type Endpoint, type EndpointOptions, REGION, resolveEndpoint } from "./endpoint.ts";
import { isStale, S3Error, type S3ErrorDetails } from "./errors.ts";
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

/** From `auto` to where a bucket is, it takes two. */
const MAX_REGIONS = 2;

/** What has been corrected in one request, and is not corrected again. */
interface Corrections {
  skew?: boolean;
  credentials?: boolean;
  /** Whether the next attempt wants new credentials. */
  refresh?: boolean;
  regions: number;
}

/** What an attempt was sent with: other requests correct region and clock meanwhile. */
interface Sent {
  region: string;
  skew: number;
}

/** One bucket's connection: endpoint, signer and retry state, shared by all requests. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #signer: Signer;
  readonly #policy: RetryPolicy;
  readonly #siblings = new Map<string, Transport>();
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
  forBucket(bucket: string): Transport {
    if (bucket === this.#options.bucket) return this;
    const sibling = this.#siblings.get(bucket) ?? new Transport({ ...this.#options, bucket });
    this.#siblings.set(bucket, sibling);
    return sibling;
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
    const done: Corrections = { regions: 0 };
    let retryCost = 0;
    for (let attempt = 1;;) {
      await this.#policy.beforeAttempt(call.signal);
      const sent: Sent = { region: this.#region, skew: this.#signer.skew };
      const { refresh = false } = done;
      done.refresh = false;
      let error: S3Error;
      let retryAfter: string | undefined;
      try {
        const reply = await this.#attempt({ ...call, sha256 }, attempt, refresh);
        if (reply.status >= 200 && reply.status < 300) {
          const result = await read(reply);
          this.#policy.onSuccess(retryCost);
          return result;
        }
        const xml = readXml(await reply.text());
        error = this.#errorOf(call, reply, xml?.name === "Error" ? xml : undefined);
        retryAfter = reply.headers.get("retry-after") ?? undefined;
        if (await this.#correct(error, reply.headers, call, sent, done)) continue;
      } catch (thrown) {
        if (!(thrown instanceof S3Error)) throw thrown;
        error = thrown;
      }
      const cost = await this.#policy.onFailure(error, attempt, retryAfter, call.signal);
      if (cost === undefined) throw Object.assign(error, { attempts: attempt });
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
   * @param lacks the name of an element that the document needs and lacks
   */
  sendForXml(
    call: Call,
    root: string,
    lacks: (xml: Xml) => string | undefined = () => undefined,
  ): Promise<{ xml: Xml; headers: Headers }> {
    return this.send(call, async (reply) => {
      const xml = readXml(await reply.text());
      if (xml?.name === "Error") throw this.#errorOf(call, reply, xml);
      // A cut document, or a proxy's page.
      let reason = `expected <${root}>, got ${xml ? `<${xml.name}>` : "no whole XML document"}`;
      if (xml?.name.startsWith(root)) {
        const lacking = lacks(xml);
        if (!lacking) return { xml, headers: reply.headers };
        reason = `the answer has no ${lacking}`;
      }
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
    const { operation, key, method, body = null } = call;
    const headers = await this.#headers(call, refresh);
    const connection = this.#connection(call);
    const limit = Math.round(
      timeouts.attempt + (body?.length ?? 0) / SLOWEST_UPLOAD_BYTES_PER_MS,
    );
    onRequest?.({ operation, kind: kindOf(call), key, attempt });
    const response = await connection.wait(
      () => fetch(this.#endpoint.url(key, call.query), connection.init({ method, headers, body })),
      limit,
      `no answer within ${limit} ms`,
    );
    return new Reply(response, connection, timeouts.idle);
  }

  #connection(call: Call): Connection {
    return new Connection(call.signal, (cause, tooLong) =>
      this.#error(call, {
        code: tooLong ? "Timeout" : "NetworkError",
        status: 0,
        reason: tooLong ?? (cause instanceof Error ? cause.message : String(cause)),
      }, cause));
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
    sent: Sent,
    done: Corrections,
  ): Promise<boolean> {
    if (error.status >= 500) return false;
    if (this.#options.credentials === "anonymous" && !isRedirect(error.status)) return false;
    return this.#correctSkew(error, headers, sent, done) ||
      this.#refreshCredentials(error, call, done) ||
      await this.#correctRegion(error, call, sent, done);
  }

  #correctSkew(error: S3Error, headers: Headers, sent: Sent, done: Corrections): boolean {
    if (done.skew || (error.code !== "RequestTimeTooSkewed" && error.status !== 403)) return false;
    const skew = Date.parse(headers.get("date") ?? "") - this.#options.clock();
    // The first half of the condition also stops an answer without a date (NaN).
    if (!(Math.abs(skew - sent.skew) > SKEW_MS)) return false;
    this.#signer.skew = skew;
    return done.skew = true;
  }

  #refreshCredentials(error: S3Error, call: Call, done: Corrections): boolean {
    if (done.credentials || typeof this.#options.credentials !== "function") return false;
    // S3 answers HEAD with expired credentials 400, and without a body that would say why.
    return done.refresh = done.credentials = isStale(error) ||
      (call.method === "HEAD" && error.status === 400);
  }

  async #correctRegion(
    error: S3Error,
    call: Call,
    sent: Sent,
    done: Corrections,
  ): Promise<boolean> {
    const misdirected = isRedirect(error.status) || error.code === "AuthorizationHeaderMalformed" ||
      error.code === "IllegalLocationConstraintException" ||
      (call.method === "HEAD" && error.status === 400);
    if (!misdirected || ++done.regions > MAX_REGIONS) return false;
    // Another request that ran beside this one may have learned it already.
    if (this.#region !== sent.region) return true;
    const region = error.region ?? await this.#askRegion(call);
    if (region === undefined || region === sent.region) return false;
    this.#endpoint = resolveEndpoint({ ...this.#options, region });
    this.#region = region;
    return true;
  }

  /** S3 tells anybody the region of any bucket, in a header of whatever it answers. */
  async #askRegion(call: Call): Promise<string | undefined> {
    const { fetch, timeouts } = this.#options;
    if (!this.#endpoint.aws) return undefined;
    const connection = this.#connection(call);
    const response = await connection.wait(
      () => fetch(this.#endpoint.url(), connection.init({ method: "HEAD" })),
      timeouts.attempt,
      "",
    ).catch(() => call.signal?.throwIfAborted());
    connection.release();
    await response?.body?.cancel();
    return readRegion(response?.headers.get("x-amz-bucket-region"));
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
      region: readRegion(
        xml?.get("Region") ?? headers.get("x-amz-bucket-region") ??
          // Such as bucket.s3.eu-west-1.amazonaws.com
          xml?.get("Endpoint")?.match(/\bs3[.-](?:dualstack\.)?([a-z0-9-]+)\.amazonaws\./)?.[1],
      ),
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

/** A region that hosts can be made of. */
function readRegion(text: string | null | undefined): string | undefined {
  return text?.match(REGION)?.[0];
}

/** Where no document tells more: the answers to HEAD, and to conditions. */
const CODES: Record<number, string> = {
  304: "NotModified",
  400: "BadRequest",
  403: "Forbidden",
  404: "NotFound",
  412: "PreconditionFailed",
};

/** What a request is billed and counted as. */
function kindOf({ operation, method }: Call): RequestKind {
  return operation.startsWith("List") ? "LIST" : operation.includes("Copy") ? "COPY" : method;
}

function isRedirect(status: number): boolean {
  return [301, 302, 307, 308].includes(status);
}

/** Only the host of a redirect is told: its query may be signed. */
function hostOf(location: string | null): string {
  try {
    return new URL(location!).host;
  } catch {
    return "a place that it does not name";
  }
}
