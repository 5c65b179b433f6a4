/**
 * Looks for manifests that nobody has named. A sweep that does not know them would take their blobs.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import type { ObjectInfo, RequestOptions } from "../s3/types.ts";

/** Objects that are neither blobs nor under a known prefix, and have to be looked at. */
const MAX_UNKNOWN = 1000;
/** How many of them at once. */
const PARALLELISM = 8;
/** No manifest is larger. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;
const DIGEST_LENGTH = "sha256:".length + 64;

/** A prune that was not begun, because it could have taken blobs that are in use. */
export class PruneRefusedError extends Error {
  /** `PruneRefusedError`. */
  override readonly name = "PruneRefusedError";
}

/**
 * Fails if there is a manifest below a prefix that is under none of the known ones.
 *
 * @param client of the bucket
 * @param prefix where to look
 * @param known prefixes that need not be looked at
 * @param options `signal`
 * @throws {PruneRefusedError} naming the first one that was found
 */
export async function refuseUnknownManifests(
  client: S3Client,
  prefix: string,
  known: readonly string[],
  { signal }: RequestOptions,
): Promise<void> {
  let looked = 0;
  await forEachParallel(unknownObjects(client, prefix, known, signal), PARALLELISM, async (
    { key },
    signal,
  ) => {
    if (++looked > MAX_UNKNOWN) {
      throw new PruneRefusedError(
        `below the prefix ${quote(prefix)} there are more than ${MAX_UNKNOWN} objects that are ` +
          `no part of this cache, such as ${quote(key)}: any of them might be a manifest that ` +
          "refers to these blobs; name the prefixes of those that are not, to be ignored",
      );
    }
    if (!await looksLikeManifest(client, key, signal)) return;
    throw new PruneRefusedError(
      `${quote(key)} looks like a manifest and is under none of the manifest prefixes that were ` +
        "named: it may refer to the blobs that would be deleted; name its prefix as well",
    );
  }, signal);
}

/** The objects of which one cannot tell by their keys what they are. */
async function* unknownObjects(
  client: S3Client,
  folder: string,
  known: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo> {
  const isKnown = (key: string) => known.some((prefix) => key.startsWith(prefix));
  const folders: string[] = [];
  for (let startAfter: string | undefined, jumped = false;;) {
    let jump: string | undefined;
    for await (
      const page of client.listPages({ prefix: folder, delimiter: "/", startAfter, signal })
    ) {
      folders.push(...page.prefixes.filter((prefix) => !isKnown(prefix)));
      for (const info of page.objects) {
        if (isKnown(info.key) || isDigest(info.key.slice(-DIGEST_LENGTH))) continue;
        if (info.size > 0 && info.size <= MAX_MANIFEST_BYTES) yield info;
      }
      const last = page.objects.at(-1)?.key ?? "";
      if (!jumped && isDigest(last.slice(-DIGEST_LENGTH))) {
        // Past the blobs of this folder at once. Only one time: some servers ignore `start-after`.
        jump = `${last.slice(0, -DIGEST_LENGTH)}sha256:g`;
        break;
      }
    }
    if (jump === undefined) break;
    startAfter = jump;
    jumped = true;
  }
  for (const inner of new Set(folders)) yield* unknownObjects(client, inner, known, signal);
}

/** What BuildKit and s3cache write begins so. */
async function looksLikeManifest(
  client: S3Client,
  key: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const result = await client.get(key, { range: { start: 0, end: 1023 }, signal });
    return /^\s*\{\s*"(layers|records)"\s*:/.test(await result.text());
  } catch (error) {
    if (isNoSuchKey(error)) return false;
    throw error;
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
