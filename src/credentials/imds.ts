import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { type Context, createContext, type ProviderOptions } from "./context.ts";
import { checkedUrl } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { type Answer, ask, readJson } from "./http.ts";
import { readCredentials } from "./json_credentials.ts";
import { memoize } from "./memoize.ts";

const WHAT = "EC2 instance metadata";
const IPV4 = "http://169.254.169.254";
const IPV6 = "http://[fd00:ec2::254]";
const ROLES = "latest/meta-data/iam/security-credentials/";

/** Where there is no such service nobody answers at all: the default chain must not hang there. */
const TIMEOUT_MS = 1_000;

/** Where the metadata service is. */
export interface ImdsPlace {
  /** URL of the service. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT`, else by `endpointMode`. */
  endpoint?: string | undefined;
  /** `IPv4` or `IPv6`. Default: `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, else `IPv4`. */
  endpointMode?: string | undefined;
}

/** Settings of {@linkcode imdsProvider}. */
export interface ImdsOptions extends ProviderOptions, ImdsPlace {}

/**
 * Asks the metadata service of an EC2 instance, version 2, for the credentials of the instance's
 * role. `AWS_EC2_METADATA_DISABLED=true` keeps it from that; `AWS_EC2_METADATA_SERVICE_ENDPOINT`
 * and `AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE` (`IPv4` or `IPv6`) say where it is.
 *
 * @example
 * ```ts
 * import { imdsProvider } from "@s3cache/s3cache";
 *
 * const provider = imdsProvider({
 *   fetch: (url) => {
 *     const { pathname } = new URL(String(url));
 *     if (pathname === "/latest/api/token") return Promise.resolve(new Response("token"));
 *     if (pathname.endsWith("/")) return Promise.resolve(new Response("builder"));
 *     const keys = { Code: "Success", AccessKeyId: "ASIA", SecretAccessKey: "s", Token: "t" };
 *     return Promise.resolve(Response.json(keys));
 *   },
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options `env`, and where the service is
 * @returns a memoized provider, which fails with CredentialsError elsewhere than on an instance with
 * a role
 */
export function imdsProvider(options: ImdsOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(({ signal } = {}) => {
    const given = imdsPlaceOf(context);
    const endpoint = options.endpoint ?? given.endpoint;
    const endpointMode = options.endpointMode ?? given.endpointMode;
    return askImds({ endpoint, endpointMode }, context, signal);
  }, context);
}

/** Where the environment says that the service is. */
export function imdsPlaceOf({ variables }: Context): ImdsPlace {
  return {
    endpoint: variables.get("AWS_EC2_METADATA_SERVICE_ENDPOINT"),
    endpointMode: variables.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
  };
}

/** Asks the service once. */
export async function askImds(
  place: ImdsPlace,
  context: Context,
  signal?: AbortSignal,
): Promise<Credentials> {
  if (context.variables.get("AWS_EC2_METADATA_DISABLED")?.toLowerCase() === "true") {
    throw new CredentialsError(`${WHAT}: disabled by $AWS_EC2_METADATA_DISABLED`);
  }
  const base = baseUrl(place);
  const headers = { "x-aws-ec2-metadata-token": await askToken(base, context, signal) };
  const get = async (path: string) => {
    const url = `${base}${path}`;
    return await ask({ what: WHAT, url, headers, timeout: TIMEOUT_MS, signal }, context);
  };
  const roles = await get(ROLES);
  const role = roles.text.split("\n")[0]!.trim();
  if (roles.status === 404 || (roles.status === 200 && role === "")) {
    throw new CredentialsError(`${WHAT}: the instance has no role`);
  }
  checkStatus(roles, "the list of roles");
  const answer = await get(ROLES + encodeURIComponent(role));
  checkStatus(answer, `role ${role}`);
  const json = readJson(answer.text, WHAT);
  if (String(json.Code).toLowerCase() !== "success") {
    throw new CredentialsError(`${WHAT}: role ${role}: ${json.Code}: ${json.Message}`);
  }
  return readCredentials(json, {
    accessKeyId: "AccessKeyId",
    secretAccessKey: "SecretAccessKey",
    sessionToken: "Token",
    expiration: "Expiration",
  }, WHAT);
}

function baseUrl({ endpoint, endpointMode = "IPv4" }: ImdsPlace): string {
  if (endpoint) {
    const url = checkedUrl(endpoint, `the endpoint of the ${WHAT}`);
    return url.origin + url.pathname.replace(/\/*$/, "/");
  }
  const mode = endpointMode.toLowerCase();
  if (mode === "ipv4") return `${IPV4}/`;
  if (mode === "ipv6") return `${IPV6}/`;
  throw new CredentialsError(
    `${WHAT}: expected IPv4 or IPv6 as the endpoint's mode, got ${JSON.stringify(endpointMode)}`,
  );
}

/** Version 2 gives a token to those who can PUT, which a tricked proxy cannot. */
async function askToken(base: string, context: Context, signal?: AbortSignal): Promise<string> {
  const answer = await ask({
    what: WHAT,
    url: `${base}latest/api/token`,
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "300" },
    timeout: TIMEOUT_MS,
    attempts: 2,
    hint: "on an instance, a container needs a hop limit of 2",
    signal,
  }, context);
  checkStatus(answer, "the session token");
  return answer.text;
}

function checkStatus({ status }: Answer, what: string): void {
  if (status !== 200) {
    throw new CredentialsError(`${WHAT}: ${what}: answered with HTTP status ${status}`);
  }
}
