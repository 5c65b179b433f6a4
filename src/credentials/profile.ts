/**
 * One profile of the shared files: what it says, and the profile that its role is assumed from.
 *
 * @module
 */
import { type Credentials, credentials } from "../secret_credentials.ts";
import { CredentialsError } from "./errors.ts";
import type { IniSection } from "./ini.ts";
import type { SharedConfig } from "./shared_config.ts";

/** What a profile says, in the fields' own spelling. */
export interface Profile {
  name: string;
  credentials?: Credentials | undefined;
  /** The profile that `source_profile` names. */
  source?: Profile;
  /** The section that `sso_session` names. */
  ssoSession?: IniSection | undefined;
  source_profile?: string | undefined;
  credential_source?: string | undefined;
  credential_process?: string | undefined;
  web_identity_token_file?: string | undefined;
  role_arn?: string | undefined;
  role_session_name?: string | undefined;
  external_id?: string | undefined;
  duration_seconds?: string | undefined;
  mfa_serial?: string | undefined;
  sso_session?: string | undefined;
  sso_region?: string | undefined;
  sso_start_url?: string | undefined;
  sso_account_id?: string | undefined;
  sso_role_name?: string | undefined;
  login_session?: string | undefined;
  region?: string | undefined;
  endpoint_url?: string | undefined;
  ignore_configured_endpoint_urls?: string | undefined;
  use_fips_endpoint?: string | undefined;
  use_dualstack_endpoint?: string | undefined;
  retry_mode?: string | undefined;
  max_attempts?: string | undefined;
  ec2_metadata_service_endpoint?: string | undefined;
  ec2_metadata_service_endpoint_mode?: string | undefined;
  /** The `endpoint_url` of each service in the profile's `services` section. */
  serviceEndpoints: Map<string, string>;
}

/**
 * Resolves a profile.
 *
 * @param config the shared files
 * @param name the profile's name
 * @returns undefined if there is no profile of that name
 * @throws {CredentialsError} if it contradicts itself, or names something that is not there
 */
export function resolveProfile(config: SharedConfig, name: string): Profile | undefined {
  return config.profiles.has(name) ? resolve(config, name, new Set()) : undefined;
}

function resolve(config: SharedConfig, name: string, seen: Set<string>): Profile {
  const profile = read(config, name, config.profiles.get(name)!);
  if (seen.has(name)) {
    // A profile that is its own source gives its keys the second time, not its role.
    clear(profile, ["role_arn", "role_session_name", "external_id", "mfa_serial"]);
    delete profile.source_profile;
  } else {
    checkRole(profile);
  }
  if (seen.size > 0 && profile.credentials) return profile;
  seen.add(name);
  checkOneSource(profile);
  if (profile.source_profile !== undefined) {
    clear(profile, [
      "credentials",
      "sso_account_id",
      "sso_region",
      "sso_role_name",
      "sso_start_url",
    ]);
    profile.source = resolveSource(config, profile, profile.source_profile, seen);
  }
  readSsoSession(config, profile);
  return profile;
}

function resolveSource(
  config: SharedConfig,
  profile: Profile,
  name: string,
  seen: Set<string>,
): Profile {
  if (!config.profiles.has(name)) {
    throw broken(profile, `source_profile ${JSON.stringify(name)} does not exist`);
  }
  const source = resolve(config, name, seen);
  if (!hasCredentials(source)) {
    throw broken(profile, `source_profile ${JSON.stringify(name)} has no credentials`);
  }
  return source;
}

function read(config: SharedConfig, name: string, section: IniSection): Profile {
  if (config.partial.has(name)) {
    throw broken({ name }, "expected aws_access_key_id and aws_secret_access_key, or neither");
  }
  const accessKeyId = section.get("aws_access_key_id");
  const secretAccessKey = section.get("aws_secret_access_key");
  const sessionToken = section.get("aws_session_token");
  const services = config.services.get(section.get("services") ?? "");
  const profile: Profile = {
    name,
    credentials: accessKeyId && secretAccessKey
      ? credentials({ accessKeyId, secretAccessKey, sessionToken })
      : undefined,
    serviceEndpoints: new Map(
      [...services?.nested ?? []].flatMap(([service, values]) => {
        const url = values.get("endpoint_url");
        return url === undefined ? [] : [[service, url]];
      }),
    ),
  };
  for (const key of FIELDS) profile[key] = section.get(key);
  return profile;
}

const FIELDS = [
  "source_profile",
  "credential_source",
  "credential_process",
  "web_identity_token_file",
  "role_arn",
  "role_session_name",
  "external_id",
  "duration_seconds",
  "mfa_serial",
  "sso_session",
  "sso_region",
  "sso_start_url",
  "sso_account_id",
  "sso_role_name",
  "login_session",
  "region",
  "endpoint_url",
  "ignore_configured_endpoint_urls",
  "use_fips_endpoint",
  "use_dualstack_endpoint",
  "retry_mode",
  "max_attempts",
  "ec2_metadata_service_endpoint",
  "ec2_metadata_service_endpoint_mode",
] as const;

const SOURCES = [
  "source_profile",
  "credential_source",
  "web_identity_token_file",
  "credential_process",
] as const;

function checkRole(profile: Profile): void {
  const source = SOURCES.find((key) => key !== "credential_process" && profile[key]);
  if (source && !profile.role_arn) throw broken(profile, `${source} needs role_arn beside it`);
}

function checkOneSource(profile: Profile): void {
  const given = SOURCES.filter((key) => profile[key]);
  if (given.length > 1) {
    throw broken(profile, `expected one source of credentials, got ${given.join(" and ")}`);
  }
}

function readSsoSession(config: SharedConfig, profile: Profile): void {
  const name = profile.sso_session?.trim();
  if (name === undefined) return;
  profile.ssoSession = config.ssoSessions.get(name);
  if (!profile.ssoSession) throw broken(profile, `there is no section [sso-session ${name}]`);
}

/** Whether it says how to come by credentials; a bare `role_arn` does not. */
export function hasCredentials(profile: Profile): boolean {
  return profile.credentials !== undefined || SOURCES.some((key) => profile[key]) ||
    usesSso(profile);
}

/** Whether it is about IAM Identity Center, completely or not. */
export function usesSso(profile: Profile): boolean {
  return Boolean(
    profile.sso_session || profile.sso_region || profile.sso_account_id ||
      profile.sso_start_url || profile.sso_role_name,
  );
}

function clear(profile: Profile, keys: (keyof Profile)[]): void {
  for (const key of keys) delete profile[key];
}

function broken({ name }: { name: string }, problem: string): CredentialsError {
  return new CredentialsError(`profile ${JSON.stringify(name)}: ${problem}`);
}
