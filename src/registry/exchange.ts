/**
 * One request to a gateway, and what it is answered with.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { RegistryError } from "./errors.ts";
import type { Route } from "./routes.ts";

/** One request to a gateway. */
export interface Exchange extends Route {
  /** As it came; its body may be read once. */
  request: Request;
  /** Its URL. */
  url: URL;
}

/** Makes an answer without a body. */
export function emptyResponse(
  status: number,
  headers: Record<string, string | number | undefined>,
): Response {
  return new Response(null, { status, headers: toHeaders(headers) });
}

/** Makes an answer with a document; what HEAD says of it is what GET gives. */
export function documentResponse(
  { request }: Exchange,
  mediaType: string,
  document: string,
  headers: Record<string, string | undefined> = {},
): Response {
  const body = new TextEncoder().encode(document);
  return new Response(request.method === "HEAD" ? null : body, {
    headers: toHeaders({ ...headers, "content-type": mediaType, "content-length": body.length }),
  });
}

/** Headers, without those that are undefined. */
export function toHeaders(fields: Record<string, string | number | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  return headers;
}

/**
 * Makes sure that a text is a digest.
 *
 * @param text from a URL
 * @returns the same text
 * @throws {RegistryError} `DIGEST_INVALID` if it is none, or of another algorithm than SHA-256
 */
export function requireDigest(text: string): string {
  if (isDigest(text)) return text;
  throw new RegistryError(
    "DIGEST_INVALID",
    `${text} is not a digest that this registry keeps: sha256: and 64 hexadecimal digits`,
  );
}

/** The error for a method that a resource does not have. */
export function unsupported({ request, resource }: Exchange): RegistryError {
  return new RegistryError("UNSUPPORTED", `${request.method} is not supported on ${resource}`);
}
