import { credentials } from "../secret_credentials.ts";

/** Environment variables; a name that is not set is undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Long-lived keys, or temporary ones with their session token. */
export interface StaticCredentials {
  /** The public half of the key pair. */
  accessKeyId: string;
  /** The secret half. */
  secretAccessKey: string;
  /** Present for temporary keys. */
  sessionToken?: string;
}

/**
 * The credentials in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`. As in
 * the AWS SDKs, an empty variable counts as unset, and half a key pair as none.
 *
 * @example
 * ```ts
 * import { environmentCredentials } from "@s3cache/s3cache";
 *
 * const env = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" };
 * console.assert(environmentCredentials(env)?.accessKeyId === "AKIA");
 * console.assert(environmentCredentials({}) === undefined);
 * ```
 *
 * @param env the environment to look in, such as `Deno.env.toObject()` or `process.env`
 * @returns the credentials, or undefined if there are none
 */
export function environmentCredentials(env: Environment): StaticCredentials | undefined {
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return credentials({ accessKeyId, secretAccessKey, sessionToken });
}
