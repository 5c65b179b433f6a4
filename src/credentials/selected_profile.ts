/**
 * The profile that is in use.
 *
 * @module
 */
import type { Context } from "./context.ts";
import { CredentialsError } from "./errors.ts";
import { type Profile, resolveProfile } from "./profile.ts";
import { loadSharedConfig } from "./shared_config.ts";

/** A profile's name, and what the shared files say of it. */
export interface SelectedProfile {
  name: string;
  /** Undefined if no file has it, and nobody asked for it by name. */
  profile: Profile | undefined;
  /** The files that were not read, and why. */
  unread: readonly string[];
}

/**
 * Loads the profile that was asked for, or `AWS_PROFILE`, or the default one.
 *
 * @param context where the files are
 * @param wanted a profile's name
 * @throws {CredentialsError} if a profile that was asked for is in no file, or is broken
 */
export async function loadSelectedProfile(
  context: Context,
  wanted?: string,
): Promise<SelectedProfile> {
  const { variables } = context;
  const asked = wanted ?? variables.get("AWS_PROFILE");
  const name = asked ?? variables.get("AWS_DEFAULT_PROFILE") ?? "default";
  const config = await loadSharedConfig(context);
  const profile = resolveProfile(config, name);
  if (profile === undefined && asked !== undefined) {
    const known = [...config.profiles.keys()].join(", ") || "none";
    throw new CredentialsError(
      [
        `profile ${JSON.stringify(name)}${wanted ? "" : " ($AWS_PROFILE)"} does not exist`,
        `known profiles: ${known}`,
        ...config.unread,
      ].join("; "),
    );
  }
  return { name, profile, unread: config.unread };
}
