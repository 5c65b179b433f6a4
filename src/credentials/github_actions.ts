import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { type RoleOptions, stsEndpoint } from "./assume_role.ts";
import { type Context, createContext, type ProviderOptions } from "./context.ts";
import { checkedUrl } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { ask, readJson } from "./http.ts";
import { memoize } from "./memoize.ts";
import type { StsEndpoint } from "./sts.ts";
import { assumeRoleWithToken } from "./web_identity.ts";

const WHAT = "GitHub Actions OIDC";

/** Settings of {@linkcode githubActionsProvider}. */
export interface GithubActionsOptions extends ProviderOptions, Partial<RoleOptions> {
  /** Whom the token is for: what the identity provider in IAM says. Default: sts.amazonaws.com. */
  audience?: string;
  /** The region whose STS is asked. Default: that of the environment. */
  region?: string;
  /** URL of an STS-compatible service. Default: `AWS_ENDPOINT_URL_STS`, else AWS. */
  endpoint?: string;
}

/**
 * Asks GitHub for a token of the running job and exchanges it for the credentials of a role. The
 * job needs `permissions: id-token: write`, and the role, `AWS_ROLE_ARN` by default, must trust
 * GitHub's tokens. A new token is asked for at each refresh, so that a job may take hours.
 *
 * @example
 * ```ts
 * import { githubActionsProvider } from "@s3cache/s3cache";
 *
 * const provider = githubActionsProvider({
 *   env: {
 *     ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example.com/?api-version=2.0",
 *     ACTIONS_ID_TOKEN_REQUEST_TOKEN: "…",
 *     AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/cache",
 *     AWS_REGION: "eu-west-1",
 *   },
 *   fetch: (url) =>
 *     Promise.resolve(
 *       String(url).includes("audience=sts.amazonaws.com")
 *         ? new Response(`{"value":"eyJhbGciOi…"}`)
 *         : new Response(`<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>
 *         <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
 *         <SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
 *       </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`),
 *     ),
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options `env`, and what differs from it
 * @returns a memoized provider, which fails with CredentialsError where no token is to be had or
 * STS refuses it
 */
export function githubActionsProvider(options: GithubActionsOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(({ signal } = {}) => {
    const { audience, roleArn, sessionName, durationSeconds } = options;
    const role = { roleArn, sessionName, durationSeconds, ...stsEndpoint(context, options) };
    return assumeRoleOfJob(role, context, { audience, signal });
  }, context);
}

/** Why there is no token to be had, if there is none. */
export function whyNoJobToken({ variables }: Context): string | undefined {
  const missing = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    .find((name) => !variables.get(name));
  if (missing === undefined) return undefined;
  // The variables are only there where the job may ask for a token.
  return variables.get("GITHUB_ACTIONS")
    ? `$${missing} is not set: the job lacks "permissions: id-token: write"`
    : `$${missing} is not set`;
}

/** Assumes the role once. */
export async function assumeRoleOfJob(
  role: Partial<RoleOptions> & StsEndpoint,
  context: Context,
  options: { audience?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Credentials> {
  const { variables } = context;
  const missing = whyNoJobToken(context);
  if (missing) throw new CredentialsError(`${WHAT}: ${missing}`);
  const token = await askToken(context, options);
  return await assumeRoleWithToken(
    token,
    {
      ...role,
      roleArn: role.roleArn ?? variables.get("AWS_ROLE_ARN"),
      sessionName: role.sessionName ?? variables.get("AWS_ROLE_SESSION_NAME") ?? jobName(context),
    },
    context,
    options.signal,
  );
}

/** CloudTrail then leads to the run. */
function jobName({ variables }: Context): string | undefined {
  const run = variables.get("GITHUB_RUN_ID");
  return run && `s3cache-run-${run}`;
}

async function askToken(
  context: Context,
  { audience = "sts.amazonaws.com", signal }: {
    audience?: string | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<string> {
  const { variables } = context;
  const url = checkedUrl(
    variables.get("ACTIONS_ID_TOKEN_REQUEST_URL")!,
    "$ACTIONS_ID_TOKEN_REQUEST_URL",
  );
  url.searchParams.set("audience", audience);
  const answer = await ask({
    what: WHAT,
    url: url.href,
    headers: { authorization: `bearer ${variables.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}` },
    signal,
  }, context);
  if (answer.status !== 200) throw new CredentialsError(`${WHAT}: HTTP status ${answer.status}`);
  const { value } = readJson(answer.text, WHAT);
  if (typeof value === "string" && value !== "") return value;
  throw new CredentialsError(`${WHAT}: the answer holds no token`);
}
