/**
 * Errors as the distribution specification has them.
 *
 * @module
 */
import { S3Error } from "../s3/errors.ts";

/** The specification's codes, with the status that each has unless another is given. */
const STATUS = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
  UNKNOWN: 500,
} as const;

/** A code of the distribution specification. */
export type RegistryErrorCode = keyof typeof STATUS;

/** What an error's answer may have besides its code and message. */
export interface RegistryErrorOptions {
  /** In place of the usual status of the code. */
  status?: number;
  /** More headers. */
  headers?: Record<string, string>;
}

/** An answer that a client has brought upon itself. */
export class RegistryError extends Error {
  /** `RegistryError`. */
  override readonly name = "RegistryError";
  /** The specification's code. */
  readonly code: RegistryErrorCode;
  readonly #options: RegistryErrorOptions;

  /**
   * @param code the specification's
   * @param message for the user of the client
   * @param options status, headers
   */
  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(message);
    this.code = code;
    this.#options = options;
  }

  /** The answer. */
  toResponse(): Response {
    const { status = STATUS[this.code], headers } = this.#options;
    const { code, message } = this;
    const body = JSON.stringify({ errors: [{ code, message }] });
    return new Response(body, {
      status,
      headers: { ...headers, "content-type": "application/json" },
    });
  }
}

/**
 * What a client is told of an error that is not its own. S3's words stay here: they may name
 * accounts and roles that clients of the gateway are not to know.
 *
 * @param error anything that was thrown
 * @returns the error to answer with
 */
export function toRegistryError(error: unknown): RegistryError {
  if (error instanceof RegistryError) return error;
  if (!(error instanceof S3Error)) return new RegistryError("UNKNOWN", "the gateway failed");
  const message = `the bucket answered ${error.operation} with ${error.code}`;
  if (error.code === "SlowDown" || error.status === 429) {
    return new RegistryError("TOOMANYREQUESTS", message, { headers: { "retry-after": "1" } });
  }
  return new RegistryError("UNKNOWN", message, { status: error.retryable ? 503 : 502 });
}
