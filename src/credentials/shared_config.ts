/**
 * The two files that AWS tools share, `~/.aws/config` and `~/.aws/credentials`, as one.
 *
 * @module
 */
import { hasCode } from "../runtime/files.ts";
import { type Context, homeDirectory, whyUnreadable } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { type IniSection, type IniSections, parseIni } from "./ini.ts";

/** The sections of both files together. */
export interface SharedConfig {
  /** Profiles, by the name that users give them. */
  profiles: IniSections;
  /** `[sso-session NAME]` sections. */
  ssoSessions: IniSections;
  /** `[services NAME]` sections. */
  services: IniSections;
  /** Profiles of which one file has half a key pair. */
  partial: ReadonlySet<string>;
  /** The files that were not read, and why. */
  unread: readonly string[];
}

const ACCESS_KEY = "aws_access_key_id";
const SECRET_KEY = "aws_secret_access_key";
const SESSION_TOKEN = "aws_session_token";

/**
 * Of a profile that is in both files, these count in the credentials file too, and win there. The
 * AWS SDK for Go leaves the others, `endpoint_url` and `services` among them, to the config file.
 */
const MERGED = [
  "role_arn",
  "source_profile",
  "credential_source",
  "external_id",
  "mfa_serial",
  "role_session_name",
  "duration_seconds",
  "region",
  "credential_process",
  "web_identity_token_file",
  "ec2_metadata_service_endpoint",
  "ec2_metadata_service_endpoint_mode",
  "sso_session",
  "sso_account_id",
  "sso_region",
  "sso_role_name",
  "sso_start_url",
  "login_session",
];

/**
 * Reads both files. One that cannot be opened counts as empty, as for the AWS SDKs.
 *
 * @param context where `AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE` and the files are
 * @returns their sections
 * @throws {CredentialsError} if a file turns out to be a directory
 */
export async function loadSharedConfig(context: Context): Promise<SharedConfig> {
  const unread: string[] = [];
  const config = await load(context, "AWS_CONFIG_FILE", "config", unread);
  const credentials = await load(context, "AWS_SHARED_CREDENTIALS_FILE", "credentials", unread);
  const profiles = profilesOf(config);
  const partial = new Set([...profiles.keys()].filter((name) => isPartial(profiles.get(name)!)));
  for (const [name, section] of credentials) {
    if (name.startsWith("profile ")) continue;
    const target = profiles.get(name);
    if (target) merge(target, section);
    else profiles.set(name, section);
    if (isPartial(section)) partial.add(name);
    else partial.delete(name);
  }
  return {
    profiles,
    ssoSessions: withPrefix(config, "sso-session "),
    services: withPrefix(config, "services "),
    partial,
    unread,
  };
}

async function load(
  context: Context,
  variable: string,
  name: string,
  unread: string[],
): Promise<IniSections> {
  const given = context.variables.get(variable);
  const home = homeDirectory(context);
  const path = given ?? (home && `${home}/.aws/${name}`);
  if (path === undefined) {
    unread.push(`~/.aws/${name}: $HOME is not set`);
    return new Map();
  }
  try {
    return parseIni(await context.readFile(path));
  } catch (error) {
    const reason = `${path}: ${whyUnreadable(error, path)}`;
    if (hasCode(error, "EISDIR")) {
      throw new CredentialsError(`${given ? `$${variable} ` : ""}${reason}`, { cause: error });
    }
    unread.push(reason);
    return new Map();
  }
}

/** In the config file a profile other than the default one has a prefix. */
function profilesOf(config: IniSections): IniSections {
  const profiles: IniSections = new Map();
  const plain = config.get("default");
  if (plain) profiles.set("default", plain);
  for (const [name, section] of withPrefix(config, "profile ")) profiles.set(name, section);
  return profiles;
}

function withPrefix(sections: IniSections, prefix: string): IniSections {
  const named = [...sections].filter(([name]) => name.startsWith(prefix));
  return new Map(named.map(([name, section]) => [name.slice(prefix.length), section]));
}

function merge(target: IniSection, source: IniSection): void {
  const keys = [...MERGED];
  // A key pair comes from one file as a whole.
  if (source.values.has(ACCESS_KEY) && source.values.has(SECRET_KEY)) {
    keys.push(ACCESS_KEY, SECRET_KEY, SESSION_TOKEN);
  }
  for (const key of keys) {
    const value = source.values.get(key);
    if (value !== undefined) target.values.set(key, value);
  }
}

function isPartial(section: IniSection): boolean {
  return section.values.has(ACCESS_KEY) !== section.values.has(SECRET_KEY);
}
