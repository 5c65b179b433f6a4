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
import type { KeptManifests, ManifestDocument } from "./kept_manifests.ts";
import type { Store } from "./store.ts";

/**
 * Metadata of an S3 manifest that came from a registry's client: the digest of what was pushed. Who
 * overwrites the manifest takes it away, and the name is then served as it is encoded here.
 */
export const PUSHED_DIGEST = "s3cache-pushed";

/** How many documents a gateway that writes nothing remembers; each has about 1 MiB at most. */
const REMEMBERED = 16;

/** What a gateway that writes nothing looks for by digest: the names of a repository. */
export type NamesOf = (repository: string) => Promise<string[]>;

/** The caches of a bucket, as registries serve them. */
export class ServedCaches {
  readonly #store: Store;
  readonly #kept: KeptManifests;
  readonly #namesOf: NamesOf;
  readonly #remembered = new Map<string, ManifestDocument>();

  /**
   * @param store the bucket
   * @param kept where what is served is kept
   * @param namesOf lists a repository
   */
  constructor(store: Store, kept: KeptManifests, namesOf: NamesOf) {
    this.#store = store;
    this.#kept = kept;
    this.#namesOf = namesOf;
  }

  /**
   * Reads a cache. What is given out is kept first, so that its digests can be asked for.
   *
   * @param name of the cache
   * @returns its image manifest or index, or undefined if there is no such cache
   * @throws {CacheConfigError} if what has that name is not a cache
   */
  async read(name: string): Promise<ManifestDocument | undefined> {
    const { client, cache } = this.#store;
    const manifest = await readManifest(client, manifestKey(cache, name), {});
    if (!manifest) return undefined;
    await this.#keepAlive(manifest);
    return await this.#pushed(manifest) ?? await this.#encoded(manifest.config);
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
    if (!this.#store.readOnly) return undefined;
    const remembered = this.#remembered.get(digest);
    if (remembered) return remembered;
    // Another process gave the digest out: what it was made of is here too.
    for (const name of await this.#namesOf(repository)) {
      await this.read(name).catch(() => undefined);
      if (this.#remembered.has(digest)) return this.#remembered.get(digest);
    }
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

  async #encoded(
    config: CacheConfig,
  ): Promise<ManifestDocument> {
    const encoded = await this.#encode(config);
    const { digest } = encoded.descriptor;
    const document = { digest, mediaType: IMAGE_MANIFEST, bytes: encoded.manifest };
    const configDigest = await digestOf(encoded.config);
    if (this.#store.readOnly) {
      this.#remember({ digest: configDigest, mediaType: CACHE_CONFIG, bytes: encoded.config });
      this.#remember(document);
      return document;
    }
    if (!await this.#store.headBlob(configDigest)) {
      const { client, cache, placement } = this.#store;
      const sha256 = configDigest.slice("sha256:".length);
      await client.put(blobKey(cache, configDigest), encoded.config, { ...placement, sha256 });
    }
    if (!await this.#kept.has(digest)) await this.#kept.put(document);
    return document;
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

  #remember(document: ManifestDocument): void {
    this.#remembered.delete(document.digest);
    this.#remembered.set(document.digest, document);
    if (this.#remembered.size > REMEMBERED) {
      this.#remembered.delete(this.#remembered.keys().next().value!);
    }
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
