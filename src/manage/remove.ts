/**
 * Removing caches by name.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { secondsSince } from "../elapsed.ts";
import type { RequestKind } from "../s3/types.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { connect } from "../transfer/connection.ts";
import { isBlobKey } from "./manifests.ts";
import type { ManageSettings } from "./settings.ts";

/** Settings of {@linkcode removeCaches}. */
export interface RemoveOptions extends ManageSettings {
  /** Change nothing, and report what would be done. Default: true. */
  dryRun?: boolean;
}

/** What a removal did, or would do. */
export interface RemoveReport {
  /** Whether nothing was changed. */
  dryRun: boolean;
  /** The names whose manifests are gone. */
  removed: string[];
  /** The names that there was no manifest of. */
  missing: string[];
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
  /** How long it took, in seconds. */
  seconds: number;
}

/**
 * Deletes the manifests of caches. Their blobs stay until a prune finds that nobody needs them.
 *
 * @example
 * ```ts
 * import { parseAttributes, removeCaches } from "@s3cache/s3cache";
 *
 * const text = "type=s3,bucket=cache,region=eu-west-1,name=pr-1;pr-2";
 * const report = await removeCaches(parseAttributes(text, { direction: "import" }), {
 *   fetch: () => Promise.resolve(new Response(null, { status: 404 })),
 * });
 * console.assert(report.missing.join() === "pr-1,pr-2");
 * ```
 *
 * @param options where the caches are, and their names
 * @param settings `dryRun`, `signal`, `onProgress`
 * @returns what was done
 * @throws {S3Error} if the bucket refuses
 */
export async function removeCaches(
  options: CacheOptions,
  settings: RemoveOptions = {},
): Promise<RemoveReport> {
  const { dryRun = true, onProgress, signal } = settings;
  const { client, requests, clock } = connect(options, settings);
  const start = clock();
  const removed: string[] = [];
  const missing: string[] = [];
  for (const name of new Set(options.names)) {
    const key = manifestKey(options, name);
    // Where blobs lie below the manifests' prefix, theirs are no names.
    const info = isBlobKey(options, key) ? undefined : await client.head(key, { signal });
    if (!info) {
      missing.push(name);
      continue;
    }
    if (!dryRun) await client.delete(key, { signal });
    removed.push(name);
    onProgress?.({ type: "delete", key, bytes: info.size, reason: "named" });
  }
  return {
    dryRun,
    removed,
    missing,
    requests: { ...requests.counts },
    seconds: secondsSince(start, clock),
  };
}
