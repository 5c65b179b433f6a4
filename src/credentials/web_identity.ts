import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { defaultSessionName, type RoleOptions, stsEndpoint } from "./assume_role.ts";
import { type Context, createContext, type ProviderOptions, readRequired } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { memoize } from "./memoize.ts";
import { askSts, type StsEndpoint } from "./sts.ts";

/** Settings of {@linkcode webIdentityProvider}. */
export interface WebIdentityOptions extends ProviderOptions, Partial<RoleOptions> {
  /** Gives a fresh OpenID Connect token at each refresh, instead of a file. */
  token?: (signal?: AbortSignal) => Promise<string>;
  /** A file with such a token, read at each refresh. Default: `AWS_WEB_IDENTITY_TOKEN_FILE`. */
  tokenFile?: string;
  /** The region whose STS is asked. Default: that of the environment. */
  region?: string;
  /** URL of an STS-compatible service. Default: `AWS_ENDPOINT_URL_STS`, else AWS. */
  endpoint?: string;
}

/**
 * Exchanges an OpenID Connect token for the credentials of a role, by STS
 * AssumeRoleWithWebIdentity: what IAM roles for service accounts (EKS), GitLab's `id_tokens` and
 * other CI systems give. The role is `AWS_ROLE_ARN` by default, the name of the session
 * `AWS_ROLE_SESSION_NAME`. The file is read again at each refresh, since its token is replaced
 * while a long build runs.
 *
 * @example
 * ```ts
 * import { webIdentityProvider } from "@s3cache/s3cache";
 *
 * const provider = webIdentityProvider({
 *   token: () => Promise.resolve("eyJhbGciOi…"),
 *   roleArn: "arn:aws:iam::123456789012:role/cache",
 *   region: "eu-west-1",
 *   fetch: () =>
 *     Promise.resolve(
 *       new Response(`<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>
 *         <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
 *         <SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
 *       </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`),
 *     ),
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options the token, and the role that it stands for
 * @returns a memoized provider, which fails with CredentialsError if a part is missing or STS
 * refuses
 */
export function webIdentityProvider(options: WebIdentityOptions): CredentialsProvider {
  const context = createContext(options);
  const { variables } = context;
  return memoize(async ({ signal } = {}) => {
    const tokenFile = options.tokenFile ?? variables.get("AWS_WEB_IDENTITY_TOKEN_FILE");
    const token = options.token
      ? await options.token(signal)
      : await readTokenFile(tokenFile, context);
    return await assumeRoleWithToken(
      token,
      {
        roleArn: options.roleArn ?? variables.get("AWS_ROLE_ARN"),
        sessionName: options.sessionName ?? variables.get("AWS_ROLE_SESSION_NAME"),
        durationSeconds: options.durationSeconds,
        ...stsEndpoint(context, options),
      },
      context,
      signal,
    );
  }, context);
}

/**
 * Reads a token.
 *
 * @throws {CredentialsError} if there is none
 */
export async function readTokenFile(path: string | undefined, context: Context): Promise<string> {
  if (path === undefined) {
    throw new CredentialsError(
      "web identity: expected a token, or $AWS_WEB_IDENTITY_TOKEN_FILE with the file that holds it",
    );
  }
  return await readRequired(path, "web identity token", context);
}

/** Exchanges a token once. The request is not signed: the token is the proof. */
export async function assumeRoleWithToken(
  token: string,
  role: Partial<RoleOptions> & StsEndpoint,
  context: Context,
  signal?: AbortSignal,
): Promise<Credentials> {
  if (!role.roleArn) {
    throw new CredentialsError("web identity: expected $AWS_ROLE_ARN, the role to be assumed");
  }
  return await askSts({
    operation: "AssumeRoleWithWebIdentity",
    parameters: {
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName || defaultSessionName(context),
      DurationSeconds: role.durationSeconds,
      WebIdentityToken: token,
    },
    region: role.region,
    endpoint: role.endpoint,
    signal,
  }, context);
}
