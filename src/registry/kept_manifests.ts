/**
 * Manifests by digest, kept as they were pushed or served: a digest that a client was once given
 * always stands for the same bytes, whatever has become of the name since.
 *
 * @module
 */
import { IMAGE_MANIFEST } from "../oci/media_types.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import { keptManifestKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** A manifest as clients get it. */
export interface ManifestDocument {
  digest: string;
  mediaType: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The manifests of a bucket by digest. */
export class KeptManifests {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Reads a manifest.
   *
   * @param digest of it
   * @returns the manifest; undefined if there is none, or if it may not be looked at
   * @throws {IntegrityError} if what is kept is not what its digest says
   */
  async get(digest: string): Promise<ManifestDocument | undefined> {
    try {
      const key = keptManifestKey(this.#store.cache, digest);
      const result = await this.#store.client.get(key, { digest });
      const bytes = await result.bytes();
      await this.#store.keepAlive(result.info);
      return { digest, mediaType: result.info.contentType ?? IMAGE_MANIFEST, bytes };
    } catch (error) {
      return isNoSuchKey(error) ? undefined : this.#store.absent(error);
    }
  }

  /** Whether a manifest is there; an old one is touched. */
  async has(digest: string): Promise<boolean> {
    const key = keptManifestKey(this.#store.cache, digest);
    return await this.#store.headAlive(key) !== undefined;
  }

  /** Keeps a manifest. */
  async put({ digest, mediaType, bytes }: ManifestDocument): Promise<void> {
    await this.#store.client.put(keptManifestKey(this.#store.cache, digest), bytes, {
      ...this.#store.placement,
      contentType: mediaType,
      sha256: digest.slice("sha256:".length),
    });
  }
}
