import type { CredentialsProvider } from "../s3/types.ts";
import { type Credentials, credentials } from "../secret_credentials.ts";
import { createContext, type ProviderOptions } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import type { Variables } from "./variables.ts";

/**
 * Gives the credentials in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
 * They are read anew each time, so that an environment whose values change is followed.
 *
 * @example
 * ```ts
 * import { environmentProvider } from "@s3cache/s3cache";
 *
 * const env = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" };
 * console.assert((await environmentProvider({ env })()).accessKeyId === "AKIA");
 * ```
 *
 * @param options `env`, such as `process.env` or the bindings of a Worker
 * @returns a provider, which fails with CredentialsError if a variable is missing
 */
export function environmentProvider(options: Pick<ProviderOptions, "env">): CredentialsProvider {
  const { variables } = createContext(options);
  return () => {
    const found = findInEnvironment(variables);
    return typeof found === "string"
      ? Promise.reject(new CredentialsError(`environment: ${found}`))
      : Promise.resolve(found);
  };
}

/**
 * Looks for a key pair; the older names of the AWS SDKs count too.
 *
 * @param variables the environment
 * @returns the credentials, or why there are none
 */
export function findInEnvironment(variables: Variables): Credentials | string {
  const accessKeyId = variables.get("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY");
  const secretAccessKey = variables.get("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY");
  if (!accessKeyId && !secretAccessKey) return "$AWS_ACCESS_KEY_ID is not set";
  if (!accessKeyId) return "$AWS_ACCESS_KEY_ID is not set beside $AWS_SECRET_ACCESS_KEY";
  if (!secretAccessKey) return "$AWS_SECRET_ACCESS_KEY is not set beside $AWS_ACCESS_KEY_ID";
  return credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken: variables.get("AWS_SESSION_TOKEN"),
  });
}
