/**
 * A request as S3 understands it: which bucket, which key, which operation.
 *
 * @module
 */
import { S3Fault } from "./errors.ts";

/** S3's limit for a key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** A parsed request. */
export interface S3Request {
  /** GET, HEAD, PUT, POST or DELETE; others are refused later. */
  readonly method: string;
  /** The URL, as the runtime gives it. */
  readonly url: URL;
  /** The host that the client spoke to, with its port unless that is the protocol's own. */
  readonly host: string;
  /** The whole path, decoded. */
  readonly path: string;
  /** The bucket, if the request is about one. */
  readonly bucket: string | undefined;
  /** The key, if the request is about an object. */
  readonly key: string | undefined;
  /** The query parameters in their order, decoded. */
  readonly query: URLSearchParams;
  /** The headers, as they came. */
  readonly headers: Headers;
  /** The body, if there is one. */
  readonly body: ReadableStream<Uint8Array> | null;
}

/** How bucket and key stand in a URL. */
export interface Addressing {
  /** `<bucket>.<baseHost>` addresses a bucket; without it, only the path does. */
  readonly baseHost: string | undefined;
  /** The path below which S3 begins, without a trailing slash. */
  readonly basePath: string;
}

/**
 * Finds out what a request is about.
 *
 * @throws {S3Fault} InvalidURI for a path that is not percent-encoded UTF-8
 */
export function parseRequest(request: Request, addressing: Addressing): S3Request {
  const url = new URL(request.url);
  const host = request.headers.get("host") ?? url.host;
  const path = decodePath(url.pathname);
  const { basePath } = addressing;
  if (path !== basePath && !path.startsWith(basePath + "/")) throw new S3Fault("InvalidURI");
  // Slashes are part of a key: only the one that ends host or bucket is not.
  const rest = path.slice(basePath.length + 1);
  const virtualBucket = bucketOfHost(host, addressing.baseHost);
  const slash = rest.indexOf("/");
  const [bucket, key] = virtualBucket !== undefined
    ? [virtualBucket, rest]
    : slash < 0
    ? [rest, ""]
    : [rest.slice(0, slash), rest.slice(slash + 1)];
  return {
    method: request.method,
    url,
    host,
    path,
    bucket: bucket === "" && key === "" ? undefined : bucket,
    key: key === "" ? undefined : key,
    query: url.searchParams,
    headers: request.headers,
    body: request.body,
  };
}

/** Decodes once, by RFC 3986: a plus in a path is a plus. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Fault("InvalidURI");
  }
}

function bucketOfHost(host: string, baseHost: string | undefined): string | undefined {
  if (baseHost === undefined) return undefined;
  const named = baseHost.includes(":") ? host : host.replace(/:\d+$/, "");
  return named.endsWith("." + baseHost) ? named.slice(0, -baseHost.length - 1) : undefined;
}

/** The bucket's name, in an operation that is about one. */
export function bucketName(request: S3Request): string {
  if (request.bucket === undefined) throw new S3Fault("MethodNotAllowed");
  return request.bucket;
}

/** The key, in an operation that is about an object. */
export function objectKey(request: S3Request): string {
  const { key } = request;
  if (key === undefined) throw new S3Fault("MethodNotAllowed");
  return checkKey(key);
}

/** Refuses a key that S3 could not hold. */
export function checkKey(key: string): string {
  const size = new TextEncoder().encode(key).length;
  if (size > MAX_KEY_BYTES) {
    throw new S3Fault("KeyTooLongError", {
      details: { Size: size, MaxSizeAllowed: MAX_KEY_BYTES },
    });
  }
  return key;
}

/** A whole number of the query, or undefined if it is not there. */
export function queryNumber(request: S3Request, name: string): number | undefined {
  const value = request.query.get(name);
  if (value === null || value === "") return undefined;
  if (!/^\d{1,10}$/.test(value) || Number(value) > 2 ** 31 - 1) {
    throw new S3Fault("InvalidArgument", {
      message: `Provided ${name} not an integer or within integer range`,
      details: { ArgumentName: name, ArgumentValue: value },
    });
  }
  return Number(value);
}
