/**
 * Whether what a manifest names is in the bucket.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import { forEachParallel } from "../parallel.ts";
import { findBlobs } from "../transfer/presence.ts";
import { isArchived } from "../transfer/touch.ts";
import { RegistryError } from "./errors.ts";
import type { KeptManifests } from "./kept_manifests.ts";
import type { Memberships } from "./memberships.ts";
import type { PushedManifest } from "./pushed_manifest.ts";
import type { Store } from "./store.ts";

const PARALLELISM = 8;

/** Where a manifest goes, and what is there. */
export interface PresenceContext {
  /** The bucket. */
  store: Store;
  /** Its manifests. */
  kept: KeptManifests;
  /** Know what was deleted from the repository. */
  memberships: Memberships;
  /** The repository that it is pushed to. */
  repository: string;
}

/**
 * Makes sure that everything that a manifest names is there, and keeps it alive. A client may have
 * skipped a blob that was there then, and that a lifecycle rule has taken since.
 *
 * @param context where it goes
 * @param manifest that is pushed
 * @throws {RegistryError} `MANIFEST_BLOB_UNKNOWN` that names what is missing
 */
export async function requirePresence(
  context: PresenceContext,
  manifest: PushedManifest,
): Promise<void> {
  const missing = [
    ...await missingBlobs(context.store, manifest.blobs),
    ...await missingManifests(context, manifest.manifests),
  ];
  if (missing.length === 0) return;
  throw new RegistryError(
    "MANIFEST_BLOB_UNKNOWN",
    `the manifest names what is not here in that size: ${missing.join(", ")}`,
  );
}

async function missingBlobs(store: Store, blobs: readonly Descriptor[]): Promise<Set<string>> {
  const present = await findBlobs(store.client, store.cache, blobs.map(({ digest }) => digest), {
    onWarning: store.warn,
  });
  const missing = new Set<string>();
  await forEachParallel(blobs, PARALLELISM, async ({ digest, size }) => {
    const info = present.get(digest);
    if (!info || info.size !== size || isArchived(info)) return void missing.add(digest);
    // A blob that is named twice is touched once.
    present.set(digest, { ...info, lastModified: new Date(store.connection.clock()) });
    await store.keepAlive(info);
  });
  return missing;
}

async function missingManifests(
  { kept, memberships, repository }: PresenceContext,
  manifests: readonly Descriptor[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  await forEachParallel(manifests, PARALLELISM, async ({ digest }) => {
    const [isKept, membership] = await Promise.all([
      kept.has(digest),
      memberships.get(repository, digest),
    ]);
    if (!isKept || membership === "deleted") missing.add(digest);
  });
  return missing;
}
