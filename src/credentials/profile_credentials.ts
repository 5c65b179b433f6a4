/**
 * How the credentials of a profile are had: one way a profile, in the AWS SDK for Go's order.
 *
 * @module
 */
import type { Credentials } from "../secret_credentials.ts";
import { assumeRole } from "./assume_role.ts";
import { askContainer, whyNoContainer } from "./container.ts";
import type { Context } from "./context.ts";
import { findRegion, findServiceEndpoint } from "./endpoints.ts";
import { findInEnvironment } from "./environment.ts";
import { CredentialsError } from "./errors.ts";
import { askImds, type ImdsPlace, imdsPlaceOf } from "./imds.ts";
import { runForCredentials } from "./process.ts";
import { type Profile, usesSso } from "./profile.ts";
import { askSso, type SsoRole } from "./sso.ts";
import type { StsEndpoint } from "./sts.ts";
import { assumeRoleWithToken, readTokenFile } from "./web_identity.ts";

/** A way to come by credentials, and its name for reports. */
export interface Way {
  /** Such as `profile "ci": credential_process`. */
  source: string;
  /** Goes it. */
  load(signal?: AbortSignal): Promise<Credentials>;
}

/** What is the same for a profile and the ones it builds on. */
export interface Ground {
  context: Context;
  /** The profile that is in use; its region and endpoints count for all requests. */
  profile: Profile | undefined;
  /** The region of the cache, which wins over all others. */
  region?: string | undefined;
}

/**
 * Finds the way of a profile.
 *
 * @param profile the profile
 * @param ground where it is to be gone
 * @returns undefined if the profile says nothing about credentials
 * @throws {CredentialsError} if what it says cannot work
 */
export function wayOfProfile(profile: Profile, ground: Ground): Way | undefined {
  const name = `profile ${JSON.stringify(profile.name)}`;
  if (profile.web_identity_token_file && !profile.source && !profile.credentials) {
    return webIdentity(name, profile, ground);
  }
  const own = profile.source ? wayOfProfile(profile.source, ground) : ownWay(name, profile, ground);
  return own && profile.role_arn ? withRole(name, own, profile, ground) : own;
}

/** The way of a role that has no source in its profile: that of the machine. */
export function withRole(name: string, own: Way, profile: Profile, ground: Ground): Way {
  if (profile.mfa_serial) {
    throw new CredentialsError(
      `${name}: mfa_serial asks for a code, which nobody is there to type; ` +
        "use a role without MFA, or log in with another tool and give its credentials",
    );
  }
  const { context } = ground;
  const seconds = Number(profile.duration_seconds);
  return {
    source: `${name}: role_arn, assumed by ${own.source}`,
    async load(signal) {
      return await assumeRole(
        await own.load(signal),
        {
          roleArn: profile.role_arn!,
          sessionName: profile.role_session_name,
          externalId: profile.external_id,
          durationSeconds: seconds > 900 ? seconds : undefined,
          ...stsOf(name, ground),
        },
        context,
        signal,
      );
    },
  };
}

function ownWay(name: string, profile: Profile, ground: Ground): Way | undefined {
  if (profile.credentials) {
    const found = profile.credentials;
    return { source: `${name}: aws_access_key_id`, load: () => Promise.resolve(found) };
  }
  if (profile.credential_source) return machineWay(name, profile, ground.context);
  if (usesSso(profile)) return sso(name, profile, ground);
  if (profile.login_session) {
    throw new CredentialsError(
      `${name}: login_session is not supported; run "aws configure export-credentials" and give ` +
        "its credentials in the environment",
    );
  }
  const command = profile.credential_process;
  return command === undefined ? undefined : {
    source: `${name}: credential_process`,
    load: (signal) => runForCredentials(command, signal),
  };
}

function webIdentity(name: string, profile: Profile, ground: Ground): Way {
  const { context } = ground;
  return {
    source: `${name}: web_identity_token_file`,
    async load(signal) {
      const token = await readTokenFile(profile.web_identity_token_file, context);
      return await assumeRoleWithToken(
        token,
        {
          roleArn: profile.role_arn,
          sessionName: profile.role_session_name,
          ...stsOf(name, ground),
        },
        context,
        signal,
      );
    },
  };
}

/** `credential_source`: what the machine gives, by name. */
function machineWay(name: string, profile: Profile, context: Context): Way {
  const source = `${name}: credential_source = ${profile.credential_source}`;
  switch (profile.credential_source) {
    case "Environment":
      return {
        source,
        load() {
          const found = findInEnvironment(context.variables);
          return typeof found === "string"
            ? Promise.reject(new CredentialsError(`${source}: ${found}`))
            : Promise.resolve(found);
        },
      };
    case "EcsContainer": {
      const reason = whyNoContainer(context);
      if (reason) throw new CredentialsError(`${source}: ${reason}`);
      return { source, load: (signal) => askContainer(context, signal) };
    }
    case "Ec2InstanceMetadata":
      return { source, load: (signal) => askImds(imdsPlace(context, profile), context, signal) };
    default:
      throw new CredentialsError(
        `${source}: expected Environment, EcsContainer or Ec2InstanceMetadata`,
      );
  }
}

/** Where the environment, or else the profile, says that the metadata service is. */
export function imdsPlace(context: Context, profile: Profile | undefined): ImdsPlace {
  const given = imdsPlaceOf(context);
  return {
    endpoint: given.endpoint ?? profile?.ec2_metadata_service_endpoint,
    endpointMode: given.endpointMode ?? profile?.ec2_metadata_service_endpoint_mode,
  };
}

function sso(name: string, profile: Profile, { context, profile: used }: Ground): Way {
  const role = ssoRole(name, profile);
  const endpoint = findServiceEndpoint("sso", context, used)?.value;
  return {
    source: `${name}: ${profile.sso_session ? "sso_session" : "sso_start_url"}`,
    load: (signal) => askSso(role, endpoint, context, signal),
  };
}

function ssoRole(name: string, profile: Profile): SsoRole {
  const { ssoSession } = profile;
  const fromSession = (key: "sso_region" | "sso_start_url") => {
    const value = ssoSession ? ssoSession.get(key) : profile[key];
    if (ssoSession && profile[key] && value && profile[key] !== value) {
      throw new CredentialsError(
        `${name}: ${key} differs from that of [sso-session ${profile.sso_session}]`,
      );
    }
    return value;
  };
  const role = {
    accountId: profile.sso_account_id,
    roleName: profile.sso_role_name,
    region: fromSession("sso_region"),
    startUrl: fromSession("sso_start_url"),
  };
  const keys = {
    accountId: "sso_account_id",
    roleName: "sso_role_name",
    region: "sso_region",
    startUrl: "sso_start_url",
  };
  const missing = Object.entries(keys).filter(([field]) => !role[field as keyof typeof role]);
  if (missing.length > 0) {
    throw new CredentialsError(`${name}: SSO needs ${missing.map(([, key]) => key).join(", ")}`);
  }
  return { ...role as SsoRole, session: profile.sso_session };
}

/**
 * Where STS is: in the cache's region, else where the environment or the profile is.
 *
 * @throws {CredentialsError} if no region is known
 */
export function stsOf(name: string, { context, profile, region }: Ground): StsEndpoint {
  const found = region ?? findRegion(context, profile)?.value;
  if (found === undefined) {
    throw new CredentialsError(
      `${name}: no region for STS: expected $AWS_REGION, or region in the profile`,
    );
  }
  return { region: found, endpoint: findServiceEndpoint("sts", context, profile)?.value };
}
