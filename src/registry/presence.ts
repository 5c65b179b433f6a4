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
import type { PushedManifest } from "./pushed_manifest.ts";
import type { Store } from "./store.ts";

const PARALLELISM = 8;

/**
 * Makes sure that everything that a manifest names is there, and keeps it alive. A client may have
 * skipped a blob that was there then, and that a lifecycle rule has taken since.
 *
 * @param store the bucket
 * @param kept its manifests
 * @param manifest that is pushed
 * @throws {RegistryError} `MANIFEST_BLOB_UNKNOWN` that names what is missing
 */
export async function requirePresence(
  store: Store,
  kept: KeptManifests,
  manifest: PushedManifest,
): Promise<void> {
  const missing = [
    ...await missingBlobs(store, manifest.blobs),
    ...await missingManifests(kept, manifest.manifests),
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
  kept: KeptManifests,
  manifests: readonly Descriptor[],
): Promise<Set<string>> {
  const missing = new Set<string>();
  await forEachParallel(manifests, PARALLELISM, async ({ digest }) => {
    if (!await kept.has(digest)) missing.add(digest);
  });
  return missing;
}
