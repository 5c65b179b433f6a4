import type { Credentials } from "../../src/secret_credentials.ts";

/** The fields of guarded credentials, so that a test can compare them. */
export function plain(credentials: Credentials | undefined): Credentials | undefined {
  if (credentials === undefined) return undefined;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration && { expiration }),
  };
}
