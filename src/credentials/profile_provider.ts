import type { CredentialsProvider } from "../s3/types.ts";
import { createContext, type ProviderOptions } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { memoize } from "./memoize.ts";
import { wayOfProfile } from "./profile_credentials.ts";
import { loadSelectedProfile } from "./selected_profile.ts";

/** Settings of {@linkcode sharedConfigProvider}. */
export interface SharedConfigOptions extends ProviderOptions {
  /** The profile's name. Default: `AWS_PROFILE`, then `default`. */
  profile?: string;
  /** The region whose STS is asked for a role. Default: the environment's, then the profile's. */
  region?: string;
}

/**
 * Gives the credentials of a profile in `~/.aws/config` and `~/.aws/credentials` (or
 * `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`): its keys, the role it assumes from another
 * profile or the machine, its web identity, its SSO role, or its `credential_process`. The files are
 * read again at each refresh.
 *
 * @example
 * ```ts
 * import { sharedConfigProvider } from "@s3cache/s3cache";
 *
 * const provider = sharedConfigProvider({
 *   profile: "ci",
 *   env: { HOME: "/home/me" },
 *   readFile: (path) =>
 *     Promise.resolve(
 *       path.endsWith("credentials")
 *         ? "[ci]\naws_access_key_id = AKIA\naws_secret_access_key = secret"
 *         : "",
 *     ),
 * });
 * console.assert((await provider()).accessKeyId === "AKIA");
 * ```
 *
 * @param options `env`, and which profile
 * @returns a memoized provider, which fails with CredentialsError if the profile is not there, says
 * nothing about credentials, or does not lead to any
 */
export function sharedConfigProvider(options: SharedConfigOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(async ({ signal } = {}) => {
    const { name, profile, unread } = await loadSelectedProfile(context, options.profile);
    const ground = { context, profile, region: options.region };
    const way = profile && wayOfProfile(profile, ground);
    if (way) return await way.load(signal);
    const reason = profile ? "says nothing about credentials" : "does not exist";
    throw new CredentialsError(
      [`profile ${JSON.stringify(name)} ${reason}`, ...unread].join("; "),
    );
  }, context);
}
