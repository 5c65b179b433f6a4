/**
 * Endpoints and regions from the environment and a profile, by the rules of the AWS SDK for Go.
 *
 * @module
 */
import { redactUrl } from "../attributes/endpoint_url.ts";
import { awsDnsSuffix } from "../s3/endpoint.ts";
import { findFlag } from "./client_settings.ts";
import type { Context } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import type { Profile } from "./profile.ts";

/** A setting, and who made it. */
export interface Setting {
  /** As it was written. */
  value: string;
  /** Such as `$AWS_REGION` or `region of profile "ci"`. */
  source: string;
}

/**
 * The region: of the environment, then of the profile.
 *
 * @param context where to look
 * @param profile the profile that is in use
 */
export function findRegion({ variables }: Context, profile?: Profile): Setting | undefined {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const value = variables.get(name);
    if (value) return { value, source: `$${name}` };
  }
  return profile?.region === undefined
    ? undefined
    : { value: profile.region, source: `region of profile ${JSON.stringify(profile.name)}` };
}

/**
 * The endpoint that is configured for one service by name.
 *
 * @param service as in `AWS_ENDPOINT_URL_…`, in lower case
 * @param context where to look
 * @param profile the profile that is in use
 */
export function findServiceEndpoint(
  service: string,
  context: Context,
  profile?: Profile,
): Setting | undefined {
  const { variables } = context;
  if (ignoresEndpoints(context, profile)) return undefined;
  const name = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  const value = variables.get(name);
  if (value) return { value, source: `$${name}` };
  // As in the AWS SDK for Go, the general variable silences the profile's services.
  if (variables.has("AWS_ENDPOINT_URL") && !variables.has(name)) return undefined;
  const own = profile?.serviceEndpoints.get(service);
  return own
    ? { value: own, source: `services of profile ${JSON.stringify(profile?.name)}` }
    : undefined;
}

/**
 * The endpoint that is configured for all services.
 *
 * @param context where to look
 * @param profile the profile that is in use
 */
export function findGeneralEndpoint(context: Context, profile?: Profile): Setting | undefined {
  if (ignoresEndpoints(context, profile)) return undefined;
  const value = context.variables.get("AWS_ENDPOINT_URL");
  if (value) return { value, source: "$AWS_ENDPOINT_URL" };
  return profile?.endpoint_url === undefined ? undefined : {
    value: profile.endpoint_url,
    source: `endpoint_url of profile ${JSON.stringify(profile.name)}`,
  };
}

function ignoresEndpoints(context: Context, profile: Profile | undefined): boolean {
  const name = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
  return findFlag(context, profile, name, "ignore_configured_endpoint_urls") ?? false;
}

/**
 * The URL of a regional service of AWS, or the one that is configured instead.
 *
 * @param host of the service in front of the region, such as `sts`
 * @param region such as `eu-west-1`
 * @param endpoint the configured one, if there is one
 * @throws {CredentialsError} on a region or an endpoint that no URL can be made of
 */
export function regionalUrl(host: string, region: string, endpoint?: string): URL {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/i.test(region)) {
    throw new CredentialsError(
      `region ${JSON.stringify(region)}: expected a region of AWS such as us-east-1`,
    );
  }
  if (endpoint === undefined) return new URL(`https://${host}.${region}.${awsDnsSuffix(region)}/`);
  return checkedUrl(endpoint, `the endpoint of ${host}`);
}

/**
 * Reads the URL of someone who is asked for credentials.
 *
 * @param text the URL
 * @param what it is, for messages
 * @throws {CredentialsError} unless it is http or https without a password
 */
export function checkedUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username || url?.password) {
    throw new CredentialsError(`${what}: expected a URL without user and password`);
  }
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new CredentialsError(
    `${what}: expected an http or https URL, got ${JSON.stringify(redactUrl(text))}`,
  );
}
