/**
 * How a client of S3 is to behave, from the environment and a profile, by the rules of the AWS SDK
 * for Go.
 *
 * @module
 */
import type { Context } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import type { Profile } from "./profile.ts";

/** What the environment and the profile ask of a client; undefined where they say nothing. */
export interface ClientSettings {
  /** `AWS_USE_FIPS_ENDPOINT`, or the profile's `use_fips_endpoint`. */
  fips?: boolean | undefined;
  /** `AWS_USE_DUALSTACK_ENDPOINT`, or the profile's `use_dualstack_endpoint`. */
  dualstack?: boolean | undefined;
  /** `AWS_RETRY_MODE`, or the profile's `retry_mode`. */
  retryMode?: "standard" | "adaptive" | undefined;
  /** `AWS_MAX_ATTEMPTS`, or the profile's `max_attempts`; at least 1. */
  maxAttempts?: number | undefined;
}

type FlagField =
  | "ignore_configured_endpoint_urls"
  | "use_fips_endpoint"
  | "use_dualstack_endpoint";
type TextField = "retry_mode" | "max_attempts";

/**
 * A setting that is on or off: of the environment, then of the profile. What is no boolean is an
 * error in the environment and off in a profile.
 *
 * @param context where to look
 * @param profile the profile that is in use
 * @param name of the variable
 * @param field of the profile
 * @returns undefined if neither says anything
 */
export function findFlag(
  { variables }: Context,
  profile: Profile | undefined,
  name: string,
  field: FlagField,
): boolean | undefined {
  const own = profile?.[field];
  return variables.getBoolean(name) ??
    (own === undefined ? undefined : own.toLowerCase() === "true");
}

/**
 * Reads the settings.
 *
 * @param context where to look
 * @param profile the profile that is in use
 * @throws {CredentialsError} on a value that is none
 */
export function findClientSettings(context: Context, profile?: Profile): ClientSettings {
  const flag = (name: string, field: FlagField) => findFlag(context, profile, name, field);
  const text = <T>(name: string, field: TextField, read: (text: string, what: string) => T) => {
    const variable = context.variables.get(name);
    if (variable) return read(variable, `$${name}`);
    const own = profile?.[field];
    return own === undefined
      ? undefined
      : read(own, `${field} of profile ${JSON.stringify(profile?.name)}`);
  };
  return {
    fips: flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
    dualstack: flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
    retryMode: text("AWS_RETRY_MODE", "retry_mode", readRetryMode),
    // 0 stands for the default.
    maxAttempts: text("AWS_MAX_ATTEMPTS", "max_attempts", readAttempts) || undefined,
  };
}

function readRetryMode(text: string, what: string): "standard" | "adaptive" {
  if (text === "standard" || text === "adaptive") return text;
  throw new CredentialsError(
    `${what}: expected standard or adaptive, got ${JSON.stringify(text)}`,
  );
}

function readAttempts(text: string, what: string): number {
  if (/^\+?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new CredentialsError(
    `${what}: expected a number of attempts, got ${JSON.stringify(text)}`,
  );
}
