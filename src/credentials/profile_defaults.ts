import { type ClientSettings, findClientSettings } from "./client_settings.ts";
import { createContext, type ProviderOptions } from "./context.ts";
import { findGeneralEndpoint, findRegion, findServiceEndpoint, type Setting } from "./endpoints.ts";
import { loadSelectedProfile } from "./selected_profile.ts";

/** Settings of {@linkcode resolveProfileDefaults}. */
export interface ProfileDefaultsOptions extends Pick<ProviderOptions, "env" | "readFile"> {
  /** The profile's name. Default: `AWS_PROFILE`, then `default`. */
  profile?: string;
}

/** What the environment and the shared files say where a cache's attributes say nothing. */
export interface ProfileDefaults extends ClientSettings {
  /** The region, and where it is from. */
  region?: Setting | undefined;
  /** The endpoint of S3, and where it is from. */
  endpointUrl?: Setting | undefined;
}

/**
 * Finds the region (`AWS_REGION`, `AWS_DEFAULT_REGION`, then the profile's) and the endpoint of S3
 * (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, then the profile's `services` section and
 * `endpoint_url`, unless `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true), the kind of AWS's hosts
 * and the way to retry that the AWS SDK for Go would use. BuildKit itself takes a region only from
 * its attribute or `AWS_REGION`.
 *
 * @example
 * ```ts
 * import { resolveProfileDefaults } from "@s3cache/s3cache";
 *
 * const { region, endpointUrl } = await resolveProfileDefaults({
 *   env: { HOME: "/home/me", AWS_ENDPOINT_URL_S3: "http://localhost:9000" },
 *   readFile: () => Promise.resolve("[default]\nregion = eu-west-1"),
 * });
 * console.assert(region?.value === "eu-west-1" && region.source === 'region of profile "default"');
 * console.assert(endpointUrl?.value === "http://localhost:9000");
 * ```
 *
 * @param options `env`, and which profile
 * @returns what was found; region and endpoint with their source for messages
 * @throws {CredentialsError} if a profile that was asked for is in no file, or is broken, and on a
 * value that is none
 */
export async function resolveProfileDefaults(
  options: ProfileDefaultsOptions,
): Promise<ProfileDefaults> {
  const context = createContext(options);
  const { profile } = await loadSelectedProfile(context, options.profile);
  return {
    region: findRegion(context, profile),
    endpointUrl: findServiceEndpoint("s3", context, profile) ??
      findGeneralEndpoint(context, profile),
    ...findClientSettings(context, profile),
  };
}
