/**
 * Caches of the bucket, as BuildKit's registry exporter would have written them.
 *
 * @module
 */
import type { CacheConfig } from "../cacheconfig/types.ts";
import { digestOf, isDigest } from "../digest.ts";
import { parseCacheManifest } from "../oci/image_manifest.ts";
import { type EncodedLocalCache, encodeLocalCache } from "../oci/local_cache.ts";
import { CACHE_CONFIG, IMAGE_MANIFEST } from "../oci/media_types.ts";
import { isPreconditionFailed } from "../s3/errors.ts";
import { blobKey, manifestKey } from "../transfer/bucket_layout.ts";
import { type Manifest, readManifest } from "../transfer/manifest.ts";
import { Recorder } from "../transfer/progress.ts";
import { fitForBuildKit } from "../transfer/readable_size.ts";
import { CacheIndex, type CacheIndexOptions } from "./cache_index.ts";
import type { KeptManifests, ManifestDocument } from "./kept_manifests.ts";
import type { Store } from "./store.ts";

/**
 * Metadata of an S3 manifest that came from a registry's client: the digest of what was pushed. Who
 * overwrites the manifest takes it away, and the name is then served as it is encoded here.
 */
export const PUSHED_DIGEST = "s3cache-pushed";

/** The caches of a bucket, as registries serve them. */
export class ServedCaches {
  readonly #store: Store;
  readonly #kept: KeptManifests;
  /** Where what is served cannot be kept. */
  readonly #index: CacheIndex;

  /**
   * @param store the bucket
   * @param kept where what is served is kept
   * @param list lists a repository
   */
  constructor(store: Store, kept: KeptManifests, list: CacheIndexOptions["list"]) {
    this.#store = store;
    this.#kept = kept;
    const { clock, random } = store.connection;
    const read = (name: string) => this.#documentsOf(name);
    this.#index = new CacheIndex({ list, read, clock, random });
  }

  /**
   * Reads a cache. What is given out is kept first, so that its digests can be asked for.
   *
   * @param name of the cache
   * @returns its image manifest or index, or undefined if there is no such cache
   * @throws {CacheConfigError} if what has that name is not a cache
   */
  async read(name: string): Promise<ManifestDocument | undefined> {
    const [document] = await this.#documentsOf(name);
    return document;
  }

  /** What a cache is served as: its manifest, then its config, unless that was pushed too. */
  async #documentsOf(name: string): Promise<readonly ManifestDocument[]> {
    const { client, cache, readOnly } = this.#store;
    const manifest = await readManifest(client, manifestKey(cache, name), {});
    if (!manifest) return [];
    await this.#keepAlive(manifest);
    const pushed = await this.#pushed(manifest);
    const documents = pushed ? [pushed] : await this.#encoded(manifest.config);
    if (readOnly) this.#index.add(name, documents);
    return documents;
  }

  /** A manifest that could not be kept, because nothing is written. */
  async findManifest(
    repository: string,
    digest: string,
  ): Promise<ManifestDocument | undefined> {
    const found = await this.#find(repository, digest);
    return found?.mediaType === CACHE_CONFIG ? undefined : found;
  }

  /** A cache config that could not be kept, because nothing is written. */
  async findBlob(
    repository: string,
    digest: string,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = await this.#find(repository, digest);
    return found?.mediaType === CACHE_CONFIG ? found.bytes : undefined;
  }

  async #find(
    repository: string,
    digest: string,
  ): Promise<ManifestDocument | undefined> {
    return this.#store.readOnly ? await this.#index.find(repository, digest) : undefined;
  }

  async #pushed(
    { info }: Manifest,
  ): Promise<ManifestDocument | undefined> {
    const digest = info.metadata?.[PUSHED_DIGEST];
    if (!isDigest(digest)) return undefined;
    const document = await this.#kept.get(digest);
    if (!document) return undefined;
    const { config } = parseCacheManifest(document.bytes, digest);
    return await this.#store.headBlob(config.digest) ? document : undefined;
  }

  async #encoded(config: CacheConfig): Promise<readonly ManifestDocument[]> {
    const encoded = await this.#encode(config);
    const { digest } = encoded.descriptor;
    const document = { digest, mediaType: IMAGE_MANIFEST, bytes: encoded.manifest };
    const blob = {
      digest: await digestOf(encoded.config),
      mediaType: CACHE_CONFIG,
      bytes: encoded.config,
    };
    if (!this.#store.readOnly) {
      await Promise.all([this.#keepBlob(blob), this.#keepManifest(document)]);
    }
    return [document, blob];
  }

  async #keepBlob({ digest, bytes }: ManifestDocument): Promise<void> {
    if (await this.#store.headBlob(digest)) return;
    const { client, cache, placement } = this.#store;
    const sha256 = digest.slice("sha256:".length);
    await client.put(blobKey(cache, digest), bytes, { ...placement, sha256 });
  }

  async #keepManifest(document: ManifestDocument): Promise<void> {
    if (!await this.#kept.has(document.digest)) await this.#kept.put(document);
  }

  /** What is too large for BuildKit it would not use at all: then the oldest results are left out. */
  async #encode(config: CacheConfig): Promise<EncodedLocalCache> {
    const encoded = await encodeLocalCache(config);
    if (!encoded.warning) return encoded;
    const { requests, clock } = this.#store.connection;
    const recorder = new Recorder(requests, clock, (event) => {
      if (event.type === "warning") this.#store.warn(event.message);
    });
    return await encodeLocalCache(fitForBuildKit(config, recorder, false));
  }

  /** A client that finds its own manifest under a tag does not push it again. */
  async #keepAlive(
    { info, bytes, etag }: Manifest,
  ): Promise<void> {
    const { client, placement, readOnly } = this.#store;
    if (readOnly || !this.#store.isStale(info)) return;
    try {
      // Unlike a copy onto itself this cannot undo what somebody writes at this moment.
      await client.put(info.key, bytes, { ...info, ...placement, ifMatch: etag });
    } catch (error) {
      if (isPreconditionFailed(error)) return;
      this.#store.warn(`${info.key} could not be touched: ${(error as Error).message}`);
    }
  }
}
