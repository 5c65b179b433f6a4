/**
 * The one error of the credential providers.
 *
 * @module
 */

/** A place where credentials were looked for, and why it had none. */
export interface TriedSource {
  /** Such as `environment` or `profile "default"`. */
  source: string;
  /** Why there is nothing to be had from it. */
  reason: string;
}

/**
 * Credentials could not be had. The message says where they were looked for and what each place
 * lacked; no secret is in it.
 *
 * @example
 * ```ts
 * import { CredentialsError, environmentProvider } from "@s3cache/s3cache";
 *
 * try {
 *   await environmentProvider({ env: {} })();
 * } catch (error) {
 *   console.assert(error instanceof CredentialsError);
 * }
 * ```
 */
export class CredentialsError extends Error {
  /** `CredentialsError`. */
  override readonly name = "CredentialsError";
  /** Where the default chain looked before it failed, in its order; empty elsewhere. */
  readonly tried: readonly TriedSource[];

  /**
   * Makes an error.
   *
   * @param message what is wrong and what was expected
   * @param options `cause`; `tried`: where a chain has looked
   */
  constructor(
    message: string,
    options: { cause?: unknown; tried?: readonly TriedSource[] } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.tried = options.tried ?? [];
  }
}
