/**
 * Deno's permissions: what is missing, in words that can be pasted behind `deno run`.
 *
 * @module
 */

/** Whether Deno refused something that a flag would allow; other runtimes have no such error. */
export function isNotPermitted(error: unknown): boolean {
  return error instanceof Error &&
    (error.name === "NotCapable" ||
      (error.name === "PermissionDenied" && error.message.includes("--allow-")));
}

/**
 * Says which flag is missing.
 *
 * @param flag such as `--allow-read=/root/.aws/config`
 */
export function missingPermission(flag: string): string {
  return `Deno does not permit it; run with ${flag}`;
}
