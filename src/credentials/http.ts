/**
 * Requests to those who give credentials: STS, SSO, GitHub, and the agents of ECS, EKS and EC2.
 *
 * @module
 */
import type { Context } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { isNotPermitted, missingPermission } from "./permissions.ts";

/** A request for credentials, or for a step on the way to them. */
export interface Question {
  /** Who is asked for what, for messages, such as `STS AssumeRole`. */
  what: string;
  url: string;
  method?: "GET" | "POST" | "PUT";
  headers?: HeadersInit;
  body?: string;
  /** Milliseconds for one attempt, body included. Default: 10,000. */
  timeout?: number;
  /** How often to try in all. Default: 3. */
  attempts?: number;
  /** Whether an answer that is no success may pass; besides 429 and 5xx, which always may. */
  isRetryable?: (answer: Answer) => boolean;
  /** What may be the matter where nobody answers. */
  hint?: string;
  signal?: AbortSignal | undefined;
}

/** What came back. */
export interface Answer {
  status: number;
  text: string;
}

const MAX_BACKOFF_MS = 5_000;

/**
 * Asks, and asks again where that may help.
 *
 * @param question whom and what
 * @param context how
 * @returns the last answer, whatever its status
 * @throws {CredentialsError} if nobody answers
 */
export async function ask(question: Question, context: Context): Promise<Answer> {
  const { attempts = 3, isRetryable, signal } = question;
  for (let attempt = 1;; attempt++) {
    try {
      const answer = await send(question, context);
      const passing = answer.status === 429 || answer.status >= 500 || isRetryable?.(answer);
      if (!passing || attempt >= attempts) return answer;
    } catch (error) {
      signal?.throwIfAborted();
      if (isNotPermitted(error) || attempt >= attempts) throw unreachable(question, error);
    }
    await context.sleep(context.random() * Math.min(MAX_BACKOFF_MS, 200 * 2 ** attempt), signal);
  }
}

async function send(question: Question, { fetch }: Context): Promise<Answer> {
  const { url, method = "GET", headers, body, timeout = 10_000, signal } = question;
  signal?.throwIfAborted();
  const abort = new AbortController();
  const onAbort = () => abort.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeout} ms`)), timeout);
  try {
    const response = await fetch(url, {
      method,
      headers: headers ?? {},
      body: body ?? null,
      // Following a redirect would show tokens to another host.
      redirect: "manual",
      signal: abort.signal,
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** The path and query are left out: who is asked is enough, and some of them hold more than that. */
function unreachable({ what, url, hint }: Question, error: unknown): CredentialsError {
  const { host } = new URL(url);
  const reason = isNotPermitted(error)
    ? missingPermission(`--allow-net=${host}`)
    : [`no answer from ${host}: ${causeOf(error, host)}`, hint].filter(Boolean).join("; ");
  return new CredentialsError(`${what}: ${reason}`, { cause: withoutUrl(error) });
}

function causeOf(error: unknown, host: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return causeOf(error.cause, host);
  return error.message.replace(/\bhttps?:\/\/[^\s)"']+/g, host);
}

/** The runtimes' own errors repeat the URL. */
function withoutUrl(error: unknown): unknown {
  return error instanceof Error && /https?:\/\//.test(error.message) ? error.cause : error;
}

/**
 * Reads an answer of JSON.
 *
 * @throws {CredentialsError} on anything but an object; the text may hold secrets and is not shown
 */
export function readJson(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Engines repeat the text in their message.
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new CredentialsError(`${what}: expected a JSON object`);
}
