/**
 * The one error of the S3 client.
 *
 * @module
 */

/** What is known of a failed S3 request. */
export interface S3ErrorDetails {
  /**
   * S3's error code, such as `NoSuchKey` or `SlowDown`. Where S3 sends none (an answer to HEAD has
   * no body) it is made from the status: `NotFound`, `Forbidden`, `BadRequest`, `HTTP503`.
   * `NetworkError` and `Timeout` are ours, for requests that got no answer.
   */
  code: string;
  /** HTTP status; 0 if there was no answer. */
  status: number;
  /** S3's own words, or ours. */
  reason: string;
  /** The S3 operation, such as `PutObject`. */
  operation: string;
  /** The bucket. */
  bucket: string;
  /** The object's key, where the request was about one. */
  key?: string | undefined;
  /** `x-amz-request-id`: what a provider's support asks for. */
  requestId?: string | undefined;
  /** The region that S3 says the bucket is in, where it said so. */
  region?: string | undefined;
  /** Whether the same request may succeed later. */
  retryable: boolean;
}

/**
 * A request that S3 refused, or that never reached it.
 *
 * @example
 * ```ts
 * import { S3Client, S3Error } from "@s3cache/s3cache";
 *
 * const client = new S3Client({
 *   bucket: "cache",
 *   region: "us-east-1",
 *   fetch: () => Promise.resolve(new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 })),
 * });
 * try {
 *   await client.get("absent");
 * } catch (error) {
 *   console.assert(error instanceof S3Error && error.code === "NoSuchKey" && !error.retryable);
 * }
 * ```
 */
export class S3Error extends Error {
  /** `S3Error`. */
  override readonly name = "S3Error";
  /** S3's error code; see {@linkcode S3ErrorDetails}. */
  declare readonly code: string;
  /** HTTP status; 0 if there was no answer. */
  declare readonly status: number;
  /** S3's own words, or ours. */
  declare readonly reason: string;
  /** The S3 operation, such as `PutObject`. */
  declare readonly operation: string;
  /** The bucket. */
  declare readonly bucket: string;
  /** The object's key, where the request was about one. */
  declare readonly key: string | undefined;
  /** `x-amz-request-id`, if S3 gave one. */
  declare readonly requestId: string | undefined;
  /** The region that S3 says the bucket is in, where it said so. */
  declare readonly region: string | undefined;
  /** Whether the same request may succeed later. */
  declare readonly retryable: boolean;
  /** How often the request was sent. Before the last time, S3 may have done what was asked. */
  readonly attempts: number = 1;

  /**
   * Makes an error from what is known.
   *
   * @param details what is known
   * @param options `cause`: the runtime's own error, where the request never reached S3
   */
  constructor(details: S3ErrorDetails, options?: ErrorOptions) {
    super(describe(details), options);
    Object.assign(this, details);
  }
}

function describe(
  { operation, bucket, key, code, status, reason, requestId }: S3ErrorDetails,
): string {
  const where = key === undefined ? `bucket ${bucket}` : `${key} in bucket ${bucket}`;
  const answer = status === 0 ? code : `${code} (${status})`;
  const id = requestId ? ` [request ${requestId}]` : "";
  return `${operation} ${where}: ${answer}: ${reason}${id}`;
}

/** Whether an error is S3's word that the object is not there (rather than its bucket). */
export function isNoSuchKey(error: unknown): boolean {
  return error instanceof S3Error && error.status === 404 && error.code !== "NoSuchBucket" &&
    error.code !== "NoSuchUpload";
}

/** Whether S3 refuses credentials that were good once. */
export function isStale({ code }: S3Error): boolean {
  return /^(ExpiredToken|InvalidToken|TokenRefreshRequired)/.test(code);
}

/** Whether an error says that a service has no such operation; some call it a bad request. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof S3Error && [400, 405, 501].includes(error.status) && !isStale(error);
}

/** Whether an error is S3's word that a precondition of ours does not hold. */
export function isPreconditionFailed(error: unknown): boolean {
  return error instanceof S3Error && (error.status === 412 || error.status === 409);
}
