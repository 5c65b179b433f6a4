/**
 * Merging: an export that adds to what a manifest holds, so that two jobs that export to one name,
 * or two platforms, do not take each other's records away.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { dropBroken } from "../cacheconfig/filter.ts";
import { marshalCacheConfig } from "../cacheconfig/marshal.ts";
import { mergeCacheConfigs } from "../cacheconfig/merge.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { isPreconditionFailed } from "../s3/errors.ts";
import type { WriteConditions } from "../s3/object_headers.ts";
import type { BlobRefresher } from "./blob_refresher.ts";
import { manifestKey } from "./bucket_layout.ts";
import { honoursCondition } from "./conditional_writes.ts";
import type { Connection } from "./connection.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { Recorder } from "./progress.ts";
import { fitForBuildKit } from "./readable_size.ts";

/** How often another writer may come first. */
const ATTEMPTS = 20;

/** What a merge has to work with. */
export interface MergeContext {
  options: CacheOptions;
  connection: Connection;
  recorder: Recorder;
  /** Keeps inherited blobs alive, and tells which of them are lost. */
  refresher: BlobRefresher;
  /** Fail rather than leave something out. */
  strict: boolean;
  signal: AbortSignal | undefined;
}

/**
 * Writes the manifest of a name so that it holds what it held and what is exported now. Who writes
 * at the same time is noticed by the manifest's ETag: then it is read and merged again.
 *
 * @param name of the manifest
 * @param exported what is exported now; its blobs are in the bucket
 * @param context what to work with
 * @returns what was written
 * @throws {S3Error} `PreconditionFailed` if others come first again and again
 * @throws {RangeError} with `strict`, if not everything fits
 */
export async function writeMerged(
  name: string,
  exported: CacheConfig,
  context: MergeContext,
): Promise<CacheConfig> {
  const { options, connection, recorder, signal } = context;
  const { client, placement, random, sleep } = connection;
  const key = manifestKey(options, name);
  const probed = new Map<keyof WriteConditions, boolean>();
  let written: Uint8Array<ArrayBuffer> | undefined;
  for (let attempt = 1;; attempt++) {
    const current = await readManifest(client, key, { signal });
    // A write that was refused may have been our own, whose answer got lost.
    if (current && written && equalBytes(current.bytes, written)) return current.config;
    const merged = await mergeInto(current, exported, context);
    written = new TextEncoder().encode(marshalCacheConfig(merged));
    const condition = current ? "ifMatch" : "ifNoneMatch";
    const honoured = probed.get(condition) ??
      await honoursCondition(client, options.prefix, condition, { signal });
    if (!honoured && !probed.has(condition)) {
      recorder.warn(
        "the server does not honour conditional writes: " +
          "if another export to the same name runs now, one of the two may be lost",
      );
    }
    probed.set(condition, honoured);
    try {
      await client.put(key, written, {
        ...placement,
        ...(honoured ? current ? { ifMatch: current.etag } : { ifNoneMatch: "*" } : {}),
        signal,
      });
      return merged;
    } catch (error) {
      if (!isPreconditionFailed(error) || attempt === ATTEMPTS) throw error;
    }
    await sleep(random() * Math.min(5000, 50 * 2 ** attempt), signal);
  }
}

/** What the manifest held and what is exported now, as far as it is in the bucket and fits. */
async function mergeInto(
  current: Manifest | undefined,
  exported: CacheConfig,
  { refresher, recorder, strict, signal }: MergeContext,
): Promise<CacheConfig> {
  if (!current) return exported;
  // What a lifecycle rule took from the old manifest does not belong into the new one.
  const lost = await refresher.refresh(current.config, signal);
  const { config: inherited } = dropBroken(current.config, (blob) => !lost.has(blob));
  return fitForBuildKit(mergeCacheConfigs([inherited, exported]), recorder, strict);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
