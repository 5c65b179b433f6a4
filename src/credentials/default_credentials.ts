import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { askContainer, whyNoContainer } from "./container.ts";
import { type Context, createContext, type ProviderOptions } from "./context.ts";
import { findInEnvironment } from "./environment.ts";
import { CredentialsError, type TriedSource } from "./errors.ts";
import { assumeRoleOfJob, whyNoJobToken } from "./github_actions.ts";
import { askImds } from "./imds.ts";
import { memoize } from "./memoize.ts";
import {
  type Ground,
  imdsPlace,
  stsOf,
  type Way,
  wayOfProfile,
  withRole,
} from "./profile_credentials.ts";
import { loadSelectedProfile, type SelectedProfile } from "./selected_profile.ts";
import { assumeRoleWithToken, readTokenFile } from "./web_identity.ts";

const METADATA = "EC2 instance metadata";

/** Settings of {@linkcode defaultCredentials}. */
export interface DefaultCredentialsOptions extends ProviderOptions {
  /** A profile that goes before the environment. Default: `AWS_PROFILE`, after it. */
  profile?: string;
  /** The cache's region, whose STS is asked for roles. Default: the environment's. */
  region?: string;
}

/** Where credentials come from, for a person who wonders. */
export interface CredentialsReport {
  /** Where they come from, or should have; undefined if the settings are too broken to say. */
  source?: string;
  /** The sources before that one, and what each lacked. */
  tried: readonly TriedSource[];
  /** The credentials, guarded, if they could be had. */
  credentials?: Credentials;
  /** Why they could not. */
  error?: CredentialsError;
}

/**
 * Finds credentials as the AWS SDK for Go does, which BuildKit uses. The first of these that is
 * configured counts, and if it fails no other one is tried:
 *
 * 1. `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, with `AWS_SESSION_TOKEN`
 * 2. `AWS_WEB_IDENTITY_TOKEN_FILE` with `AWS_ROLE_ARN`
 * 3. the profile: its role, keys, SSO or `credential_process`
 * 4. the agent of ECS or EKS beside the container
 * 5. the OpenID Connect token of a GitHub Actions job, with `AWS_ROLE_ARN` (an addition)
 * 6. the metadata service of the EC2 instance
 *
 * The files are read again at each refresh.
 *
 * @example
 * ```ts
 * import { CredentialsError, defaultCredentials } from "@s3cache/s3cache";
 *
 * const provider = defaultCredentials({
 *   env: { HOME: "/nowhere", AWS_EC2_METADATA_DISABLED: "true" },
 * });
 * try {
 *   await provider();
 * } catch (error) {
 *   const sources = (error as CredentialsError).tried.map(({ source }) => source);
 *   console.assert(sources[0] === "environment" && sources.at(-1) === "EC2 instance metadata");
 * }
 * ```
 *
 * @param options `env`, without which there is little to be found
 * @returns a memoized provider, which fails with CredentialsError, and says where it has looked
 */
export function defaultCredentials(options: DefaultCredentialsOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(async ({ signal } = {}) => {
    const tried: TriedSource[] = [];
    const way = await choose(options, context, tried);
    return await follow(way, context, tried, signal);
  }, context);
}

/**
 * Tells where {@linkcode defaultCredentials} finds credentials, and tries to get them.
 *
 * @example
 * ```ts
 * import { explainCredentials } from "@s3cache/s3cache";
 *
 * const report = await explainCredentials({
 *   env: { HOME: "/nowhere", AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" },
 * });
 * console.assert(report.source === "environment" && report.credentials?.accessKeyId === "AKIA");
 * console.assert(!JSON.stringify(report).includes("secret\""));
 * ```
 *
 * @param options the same as for {@linkcode defaultCredentials}; `signal`
 * @returns the source, what was tried before it, and the credentials or the error
 */
export async function explainCredentials(
  options: DefaultCredentialsOptions & { signal?: AbortSignal },
): Promise<CredentialsReport> {
  const context = createContext(options);
  const tried: TriedSource[] = [];
  const report: CredentialsReport = { tried };
  try {
    const way = await choose(options, context, tried);
    report.source = way.source;
    report.credentials = await follow(way, context, tried, options.signal);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    report.error = error;
  }
  return report;
}

/** Finds the first source that is configured; `tried` learns of those before it. */
async function choose(
  options: DefaultCredentialsOptions,
  context: Context,
  tried: TriedSource[],
): Promise<Way> {
  // First, though the environment goes before it: a profile that is asked for must be sound.
  const selected = await loadSelectedProfile(context, options.profile);
  const ground: Ground = { context, profile: selected.profile, region: options.region };
  const way = options.profile === undefined ? environmentWay(ground, tried) : undefined;
  return way ?? profileWay(selected, ground, tried);
}

function environmentWay(ground: Ground, tried: TriedSource[]): Way | undefined {
  const { context } = ground;
  const found = findInEnvironment(context.variables);
  if (typeof found !== "string") {
    return { source: "environment", load: () => Promise.resolve(found) };
  }
  tried.push({ source: "environment", reason: found });
  const tokenFile = context.variables.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (tokenFile) return tokenFileWay(tokenFile, ground);
  tried.push({ source: "web identity", reason: "$AWS_WEB_IDENTITY_TOKEN_FILE is not set" });
  return undefined;
}

function tokenFileWay(tokenFile: string, ground: Ground): Way {
  const { context } = ground;
  return {
    source: "web identity ($AWS_WEB_IDENTITY_TOKEN_FILE)",
    async load(signal) {
      const role = {
        roleArn: context.variables.get("AWS_ROLE_ARN"),
        sessionName: context.variables.get("AWS_ROLE_SESSION_NAME"),
        ...stsOf("web identity", ground),
      };
      const token = await readTokenFile(tokenFile, context);
      return await assumeRoleWithToken(token, role, context, signal);
    },
  };
}

function profileWay(
  { name, profile, unread }: SelectedProfile,
  ground: Ground,
  tried: TriedSource[],
): Way {
  const source = `profile ${JSON.stringify(name)}`;
  const way = profile && wayOfProfile(profile, ground);
  if (way) return way;
  const reason = profile ? "says nothing about credentials" : "does not exist";
  tried.push({ source, reason: [reason, ...unread].join("; ") });
  const machine = machineWay(ground, tried);
  return profile?.role_arn ? withRole(source, machine, profile, ground) : machine;
}

/** What the machine gives to whoever runs on it. */
function machineWay(ground: Ground, tried: TriedSource[]): Way {
  const { context, profile } = ground;
  const noContainer = whyNoContainer(context);
  if (!noContainer) {
    return { source: "container", load: (signal) => askContainer(context, signal) };
  }
  tried.push({ source: "container", reason: noContainer });
  const noJob = whyNoJobToken(context) ??
    (context.variables.get("AWS_ROLE_ARN") ? undefined : "$AWS_ROLE_ARN is not set");
  if (!noJob) {
    return {
      source: "GitHub Actions",
      load: (signal) => assumeRoleOfJob(stsOf("GitHub Actions", ground), context, { signal }),
    };
  }
  tried.push({ source: "GitHub Actions", reason: noJob });
  return {
    source: METADATA,
    load: (signal) => askImds(imdsPlace(context, profile), context, signal),
  };
}

/** Goes the way; where even the last one leads nowhere, the message tells of all. */
async function follow(
  way: Way,
  context: Context,
  tried: TriedSource[],
  signal?: AbortSignal,
): Promise<Credentials> {
  try {
    return await way.load(signal);
  } catch (error) {
    if (!(error instanceof CredentialsError)) throw error;
    if (way.source !== METADATA) {
      throw new CredentialsError(error.message, { cause: error.cause, tried: [...tried] });
    }
    const reason = error.message.replace(`${METADATA}: `, "");
    const all = [...tried, { source: METADATA, reason }, ...context.variables.refused()];
    const list = all.map(({ source, reason }) => `  ${source}: ${reason}`).join("\n");
    throw new CredentialsError(`no AWS credentials were found; tried, in this order:\n${list}`, {
      cause: error.cause,
      tried: all,
    });
  }
}
