import { toHex } from "../digest.ts";
import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import {
  type Context,
  createContext,
  homeDirectory,
  type ProviderOptions,
  readRequired,
} from "./context.ts";
import { findServiceEndpoint, regionalUrl } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { ask, readJson } from "./http.ts";
import { readCredentials, readDate } from "./json_credentials.ts";
import { memoize } from "./memoize.ts";

/** A role of IAM Identity Center. */
export interface SsoRole {
  /** The account that the role is in. */
  accountId: string;
  /** The role's name. */
  roleName: string;
  /** The region of IAM Identity Center, which may be another one than the bucket's. */
  region: string;
  /** The start URL of the portal, by which the token is found unless there is a session. */
  startUrl: string;
  /** The name of the `[sso-session]` that the token was got for. */
  session?: string | undefined;
}

/** Settings of {@linkcode ssoProvider}. */
export interface SsoOptions extends ProviderOptions, SsoRole {
  /** URL of the portal's API. Default: `AWS_ENDPOINT_URL_SSO`, else AWS. */
  endpoint?: string;
}

/**
 * Exchanges the token that `aws sso login` has left in `~/.aws/sso/cache` for the credentials of a
 * role. A token that has expired is not renewed here: only its user can log in again.
 *
 * @example
 * ```ts
 * import { ssoProvider } from "@s3cache/s3cache";
 *
 * const provider = ssoProvider({
 *   accountId: "123456789012",
 *   roleName: "Developer",
 *   region: "eu-west-1",
 *   startUrl: "https://example.awsapps.com/start",
 *   env: { HOME: "/home/me" },
 *   readFile: () =>
 *     Promise.resolve('{"accessToken": "token", "expiresAt": "2100-01-01T00:00:00Z"}'),
 *   fetch: () =>
 *     Promise.resolve(Response.json({
 *       roleCredentials: { accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "t" },
 *     })),
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options the role, and where the portal is
 * @returns a memoized provider, which fails with CredentialsError if there is no token or the
 * portal refuses it
 */
export function ssoProvider(options: SsoOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(({ signal } = {}) => {
    const endpoint = options.endpoint ?? findServiceEndpoint("sso", context)?.value;
    return askSso(options, endpoint, context, signal);
  }, context);
}

/** Exchanges the token once. */
export async function askSso(
  role: SsoRole,
  endpoint: string | undefined,
  context: Context,
  signal?: AbortSignal,
): Promise<Credentials> {
  const what = "SSO GetRoleCredentials";
  const token = await readToken(role, context);
  const url = regionalUrl("portal.sso", role.region, endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/federation/credentials`;
  url.search = new URLSearchParams({ account_id: role.accountId, role_name: role.roleName })
    .toString();
  const headers = { "x-amz-sso_bearer_token": token };
  const answer = await ask({ what, url: url.href, headers, signal }, context);
  if (answer.status !== 200) {
    const { message } = answer.text.startsWith("{") ? readJson(answer.text, what) : {};
    throw new CredentialsError(
      `${what} of ${role.roleName} in ${role.accountId}: HTTP status ${answer.status}` +
        (typeof message === "string" ? `: ${message}` : "") +
        (answer.status === 401 ? `; ${loginHint(role)}` : ""),
    );
  }
  const { roleCredentials } = readJson(answer.text, what);
  return readCredentials((roleCredentials ?? {}) as Record<string, unknown>, {
    accessKeyId: "accessKeyId",
    secretAccessKey: "secretAccessKey",
    sessionToken: "sessionToken",
    expiration: "expiration",
  }, what);
}

async function readToken(role: SsoRole, context: Context): Promise<string> {
  const path = await tokenPath(role, context);
  const what = "SSO token";
  const text = await readRequired(path, what, context).catch((error) => {
    if (!(error instanceof CredentialsError)) throw error;
    throw new CredentialsError(`${error.message}; ${loginHint(role)}`, { cause: error.cause });
  });
  const json = readJson(text, `${what} ${path}`);
  const expiresAt = readDate(json.expiresAt, "expiresAt", `${what} ${path}`);
  if (typeof json.accessToken !== "string" || !json.accessToken || !expiresAt) {
    throw new CredentialsError(`${what} ${path}: expected accessToken and expiresAt`);
  }
  if (expiresAt.getTime() <= context.clock()) {
    throw new CredentialsError(
      `${what} ${path}: expired at ${expiresAt.toISOString()}; ${loginHint(role)}`,
    );
  }
  return json.accessToken;
}

/** The AWS command line names the file by what the token was got for. */
async function tokenPath({ session, startUrl }: SsoRole, context: Context): Promise<string> {
  const home = homeDirectory(context);
  if (home === undefined) {
    throw new CredentialsError("SSO token: expected $HOME, where .aws/sso/cache is");
  }
  const key = new TextEncoder().encode(session ?? startUrl);
  const name = toHex(new Uint8Array(await crypto.subtle.digest("SHA-1", key)));
  return `${home}/.aws/sso/cache/${name}.json`;
}

function loginHint({ session }: SsoRole): string {
  return `log in with "aws sso login${session ? ` --sso-session ${session}` : ""}"`;
}
