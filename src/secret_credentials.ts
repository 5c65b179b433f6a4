/**
 * Credentials that can be passed around, logged and thrown without giving their secrets away.
 *
 * @module
 */

/** AWS credentials, or those of an S3-compatible service. */
export interface Credentials {
  /** Such as `AKIA…`; not a secret. */
  readonly accessKeyId: string;
  /** The secret: signs requests, never leaves the process. */
  readonly secretAccessKey: string;
  /** For temporary credentials; is sent with each request. */
  readonly sessionToken?: string;
  /** When temporary credentials end. */
  readonly expiration?: Date;
}

/**
 * Gives credentials, each time a request is signed; a provider that asks somebody should remember
 * the answer. With `refresh` the remembered answer has been refused by S3.
 */
export type CredentialsProvider = (
  options?: { refresh?: boolean; signal?: AbortSignal },
) => Promise<Credentials>;

const REDACTED = "[redacted]";

/** The secrets are private fields behind getters: no inspection, spread or JSON finds them. */
class SecretCredentials implements Credentials {
  readonly accessKeyId: string;
  readonly expiration?: Date;
  readonly #secretAccessKey: string;
  readonly #sessionToken: string | undefined;

  constructor({ accessKeyId, secretAccessKey, sessionToken, expiration }: Credentials) {
    this.accessKeyId = accessKeyId;
    if (expiration) this.expiration = expiration;
    this.#secretAccessKey = secretAccessKey;
    this.#sessionToken = sessionToken || undefined;
  }

  get secretAccessKey(): string {
    return this.#secretAccessKey;
  }

  get sessionToken(): string | undefined {
    return this.#sessionToken;
  }

  toJSON(): Record<string, unknown> {
    const { accessKeyId, expiration } = this;
    return {
      accessKeyId,
      secretAccessKey: REDACTED,
      ...(this.#sessionToken !== undefined && { sessionToken: REDACTED }),
      ...(expiration && { expiration }),
    };
  }

  toString(): string {
    return `Credentials ${JSON.stringify(this)}`;
  }

  /** `console.log` and `util.inspect` of Node and Bun. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** `console.log` and `Deno.inspect`. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/**
 * Makes credentials that keep their secrets: `console.log`, `JSON.stringify`, template strings and
 * object spread show `[redacted]` or nothing; only `secretAccessKey` and `sessionToken` themselves
 * give the values. The providers and the attribute string give their credentials in this form.
 *
 * @example
 * ```ts
 * import { credentials } from "@s3cache/s3cache";
 *
 * const keys = credentials({ accessKeyId: "AKIA", secretAccessKey: "hunter2" });
 * console.assert(!`${keys} ${JSON.stringify(keys)}`.includes("hunter2"));
 * console.assert(keys.secretAccessKey === "hunter2");
 * ```
 *
 * @param fields the key pair; session token and expiration for temporary credentials
 * @returns the same credentials, guarded
 */
export function credentials(fields: Credentials): Credentials {
  return fields instanceof SecretCredentials ? fields : new SecretCredentials(fields);
}
