import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { type Context, createContext, type ProviderOptions } from "./context.ts";
import { findRegion, findServiceEndpoint } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { memoize } from "./memoize.ts";
import { askSts, type StsEndpoint } from "./sts.ts";

/** A role, and how it is to be assumed. */
export interface RoleOptions {
  /** Such as `arn:aws:iam::123456789012:role/cache-writer`. */
  roleArn: string;
  /** Shows in CloudTrail. Default: `s3cache-` and the time. */
  sessionName?: string | undefined;
  /** How long the credentials are good for, 900 to 43,200. Default: 900. */
  durationSeconds?: number | undefined;
}

/** Settings of {@linkcode assumeRoleProvider}. */
export interface AssumeRoleOptions extends ProviderOptions, RoleOptions {
  /** Whose credentials sign the request: those who may assume the role. */
  source: Credentials | CredentialsProvider;
  /** What the role's owner has asked for in its trust policy. */
  externalId?: string;
  /** The region whose STS is asked. Default: that of the environment. */
  region?: string;
  /** URL of an STS-compatible service. Default: `AWS_ENDPOINT_URL_STS`, else AWS. */
  endpoint?: string;
}

/**
 * Assumes a role with the credentials of another provider, by STS AssumeRole. Roles that ask for a
 * code of a device (MFA) are not supported: nobody is there to type it when it is asked for again.
 *
 * @example
 * ```ts
 * import { assumeRoleProvider } from "@s3cache/s3cache";
 *
 * const provider = assumeRoleProvider({
 *   source: { accessKeyId: "AKIA", secretAccessKey: "secret" },
 *   roleArn: "arn:aws:iam::123456789012:role/cache",
 *   region: "eu-west-1",
 *   fetch: () =>
 *     Promise.resolve(
 *       new Response(`<AssumeRoleResponse><AssumeRoleResult><Credentials>
 *         <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
 *         <SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
 *       </Credentials></AssumeRoleResult></AssumeRoleResponse>`),
 *     ),
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options the role, and whose credentials assume it
 * @returns a memoized provider, which fails with CredentialsError if STS refuses
 */
export function assumeRoleProvider(options: AssumeRoleOptions): CredentialsProvider {
  const context = createContext(options);
  const { source } = options;
  return memoize(async ({ refresh, signal } = {}) => {
    const own = typeof source === "function" ? await source({ refresh, signal }) : source;
    return await assumeRole(own, { ...options, ...stsEndpoint(context, options) }, context, signal);
  }, context);
}

/** Assumes a role once. */
export async function assumeRole(
  source: Credentials,
  role: RoleOptions & StsEndpoint & { externalId?: string | undefined },
  context: Context,
  signal?: AbortSignal,
): Promise<Credentials> {
  return await askSts({
    operation: "AssumeRole",
    parameters: {
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName || defaultSessionName(context),
      DurationSeconds: role.durationSeconds ?? 900,
      ExternalId: role.externalId,
    },
    region: role.region,
    endpoint: role.endpoint,
    signWith: source,
    signal,
  }, context);
}

/** Tells sessions apart, as the AWS SDKs do. */
export function defaultSessionName({ clock }: Context): string {
  return `s3cache-${clock()}`;
}

/**
 * Where STS is, by the options or the environment.
 *
 * @throws {CredentialsError} if no region is known
 */
export function stsEndpoint(
  context: Context,
  { region, endpoint }: { region?: string | undefined; endpoint?: string | undefined },
): StsEndpoint {
  const found = region ?? findRegion(context)?.value;
  if (found === undefined) {
    throw new CredentialsError(
      "no region for STS: expected $AWS_REGION, or a region in the options or the profile",
    );
  }
  return { region: found, endpoint: endpoint ?? findServiceEndpoint("sts", context)?.value };
}
