/**
 * What a registry gateway keeps beside BuildKit's objects, as docs/format.md describes it: which
 * blobs it needs, and what of it nobody needs any more.
 *
 * @module
 */
import { CACHE_CONFIG } from "../oci/media_types.ts";
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import type { ObjectInfo } from "../s3/types.ts";
import type { BucketLayout } from "../transfer/bucket_layout.ts";
import { keptManifestsPrefix, ownPrefix } from "./own_keys.ts";
import type { References } from "./prune_references.ts";
import type { Tally } from "./prune_sweep.ts";
import type { ManageEvent } from "./settings.ts";
import { isSameVersion } from "./version.ts";

const READ_PARALLELISM = 4;

/** What looking after a gateway's objects works with. */
export interface GatewayContext {
  client: S3Client;
  layout: BucketLayout;
  /** What was used later stays. */
  cutoff: number;
  /** Change nothing. */
  dryRun: boolean;
  onProgress: ((event: ManageEvent) => void) | undefined;
  signal: AbortSignal | undefined;
}

/** An object that nobody needs. */
interface Leftover {
  info: ObjectInfo;
  reason: string;
}

/** A manifest that nobody claims. */
interface Unclaimed extends Leftover {
  text: string;
}

/**
 * Reads the manifests that a gateway keeps, and has their blobs stay. Those of images and other
 * artefacts stay until they are deleted from every repository. That of a cache stays as long as the
 * cache is what was pushed, or a client may still be at work with it.
 *
 * @param context what to work with
 * @param references take the blobs, and know what the caches claim
 * @returns what nobody needs
 */
export async function readGateway(
  context: GatewayContext,
  references: References,
): Promise<Leftover[]> {
  const { client, layout, cutoff, signal } = context;
  const tagged = await readTags(context);
  const memberships = await listByDigest(context, "repositories/");
  const unclaimed = new Map<string, Unclaimed>();
  const staying = new Set<string>();
  /** Manifests that an index lists. */
  const listedByIndex = new Set<string>();
  const stay = (digest: string, text: string) => {
    staying.add(digest);
    // Whatever the document is: a digest in it may be a blob's.
    for (const blob of digestsIn(text)) references.hold(blob);
    for (const manifest of digestsIn(withoutSubject(text))) listedByIndex.add(manifest);
  };
  const prefix = keptManifestsPrefix(layout);
  const listed = client.list({ prefix, signal });
  await forEachParallel(listed, READ_PARALLELISM, async (info, signal) => {
    const digest = info.key.slice(prefix.length);
    const text = await readText(client, info.key, signal);
    const isCache = text.includes(JSON.stringify(CACHE_CONFIG));
    const isUsed = !(info.lastModified.getTime() < cutoff) || tagged.has(digest) ||
      references.claims.has(digest) ||
      !isCache && !await isDeleted(memberships.get(digest) ?? [], context);
    if (isUsed) return stay(digest, text);
    const reason = isCache
      ? "what a cache was pushed or served as"
      : "deleted from every repository that had it";
    unclaimed.set(digest, { info, text, reason });
  }, signal);
  for (let size = -1; size !== unclaimed.size;) {
    size = unclaimed.size;
    for (const [digest, { text }] of unclaimed) {
      if (!listedByIndex.has(digest)) continue;
      unclaimed.delete(digest);
      stay(digest, text);
    }
  }
  const about = (infos: Map<string, ObjectInfo[]>) =>
    [...infos].filter(([digest]) => !staying.has(digest)).flatMap(([, infos]) => infos)
      .filter(({ lastModified }) => lastModified.getTime() < cutoff)
      .map((info) => ({ info, reason: "about a manifest that is gone" }));
  return [
    ...unclaimed.values(),
    ...about(memberships),
    ...about(await listByDigest(context, "referrers/")),
    ...await findAbandonedUploads(context),
  ];
}

/**
 * Deletes what nobody needs, unless it has changed since it was listed.
 *
 * @param leftovers from {@linkcode readGateway}
 * @param context what to work with
 * @returns how much that was
 */
export async function deleteLeftovers(
  leftovers: readonly Leftover[],
  { client, dryRun, onProgress, signal }: GatewayContext,
): Promise<Tally> {
  const tally = { count: 0, bytes: 0 };
  for (const { info, reason } of leftovers) {
    if (!dryRun) {
      const current = await client.head(info.key, { signal });
      if (!current || !isSameVersion(current, info)) continue;
      await client.delete(info.key, { signal });
    }
    tally.count++;
    tally.bytes += info.size;
    onProgress?.({ type: "delete", key: info.key, bytes: info.size, reason });
  }
  return tally;
}

async function readTags({ client, layout, signal }: GatewayContext): Promise<Set<string>> {
  const tagged = new Set<string>();
  const listed = client.list({ prefix: `${ownPrefix(layout)}registry/tags/`, signal });
  await forEachParallel(listed, READ_PARALLELISM, async ({ key }, signal) => {
    tagged.add(await readText(client, key, signal));
  }, signal);
  return tagged;
}

/** Objects whose keys end in the digest of a manifest. */
async function listByDigest(
  { client, layout, signal }: GatewayContext,
  folder: "repositories/" | "referrers/",
): Promise<Map<string, ObjectInfo[]>> {
  const objects = new Map<string, ObjectInfo[]>();
  const prefix = `${ownPrefix(layout)}registry/${folder}`;
  for await (const info of client.list({ prefix, signal })) {
    const [digest] = info.key.match(/sha256:[0-9a-f]{64}$/) ?? [];
    if (digest === undefined) continue;
    const others = objects.get(digest);
    if (others) others.push(info);
    else objects.set(digest, [info]);
  }
  return objects;
}

/** Whether all repositories have deleted a manifest, and that long ago. */
async function isDeleted(
  memberships: readonly ObjectInfo[],
  { client, cutoff, signal }: GatewayContext,
): Promise<boolean> {
  for (const { key, lastModified } of memberships) {
    if (!(lastModified.getTime() < cutoff)) return false;
    if (await readText(client, key, signal) !== "deleted") return false;
  }
  // One that no repository is known to have was pushed before that was noted.
  return memberships.length > 0;
}

function* digestsIn(text: string): Generator<string> {
  for (const [digest] of text.matchAll(/sha256:[0-9a-f]{64}/g)) yield digest;
}

/** A signature does not need what it signs. */
function withoutSubject(text: string): string {
  try {
    return JSON.stringify({ ...JSON.parse(text), subject: undefined });
  } catch {
    return text;
  }
}

/** Uploads of which nothing has changed since; each is several objects, named by its id. */
async function findAbandonedUploads(
  { client, layout, cutoff, signal }: GatewayContext,
): Promise<Leftover[]> {
  const prefix = `${ownPrefix(layout)}uploads/`;
  const uploads = new Map<string, ObjectInfo[]>();
  for await (const info of client.list({ prefix, signal })) {
    const id = info.key.slice(prefix.length).split(".", 1)[0]!;
    const objects = uploads.get(id);
    if (objects) objects.push(info);
    else uploads.set(id, [info]);
  }
  const isOld = ({ lastModified }: ObjectInfo) => lastModified.getTime() < cutoff;
  return [...uploads.values()]
    .filter((objects) => objects.every(isOld))
    .flatMap((objects) => objects.map((info) => ({ info, reason: "of an upload that was cut" })));
}

async function readText(
  client: S3Client,
  key: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await (await client.get(key, { signal })).text();
  } catch (error) {
    if (isNoSuchKey(error)) return "";
    throw error;
  }
}
