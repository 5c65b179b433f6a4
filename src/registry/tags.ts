/**
 * Tags: the names of caches, and what else was pushed.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { cacheNameOf, isTag } from "../oci/reference.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { tagKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** The tag of a repository whose name a cache has as it is. */
const LATEST = "latest";

/** The tags of a bucket. */
export class Tags {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The tags of a repository that are caches, and what is known of their manifests, in order. */
  async listCaches(repository: string): Promise<Map<string, ObjectInfo>> {
    const { cache } = this.#store;
    const [latest, others] = await Promise.all([
      this.#store.head(manifestKey(cache, cacheNameOf(repository, LATEST))),
      this.#list(manifestKey(cache, `${repository}:`)),
    ]);
    // A cache named app:latest is not what app:latest asks for.
    const tags = [...others].filter(([tag]) => isTag(tag) && tag !== LATEST);
    if (latest) tags.push([LATEST, latest]);
    return new Map(tags.sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** All tags of a repository, in order. */
  async list(repository: string): Promise<string[]> {
    const [caches, others] = await Promise.all([
      this.listCaches(repository),
      this.listOthers(repository),
    ]);
    return [...new Set([...caches.keys(), ...others])].sort();
  }

  /** The tags of a repository that are no caches. */
  async listOthers(repository: string): Promise<string[]> {
    return [...(await this.#list(tagKey(this.#store.cache, repository, ""))).keys()];
  }

  /** The digest that a tag stands for, if it is no cache. */
  async get(repository: string, tag: string): Promise<string | undefined> {
    const digest = await this.#store.readText(tagKey(this.#store.cache, repository, tag));
    return isDigest(digest) ? digest : undefined;
  }

  /** Lets a tag stand for a digest. */
  async put(repository: string, tag: string, digest: string): Promise<void> {
    const { client, cache, placement } = this.#store;
    await client.put(tagKey(cache, repository, tag), digest, placement);
  }

  /** Takes a tag away. */
  async delete(repository: string, tag: string): Promise<void> {
    await this.#store.client.delete(tagKey(this.#store.cache, repository, tag));
  }

  /** Takes away a tag that stands for nothing any more. Most are not there: to look needs no right. */
  async discard(repository: string, tag: string): Promise<void> {
    const key = tagKey(this.#store.cache, repository, tag);
    if (await this.#store.head(key)) await this.#store.discard([key]);
  }

  async #list(prefix: string): Promise<Map<string, ObjectInfo>> {
    const tags = new Map<string, ObjectInfo>();
    for await (const info of this.#store.client.list({ prefix })) {
      tags.set(info.key.slice(prefix.length), info);
    }
    return tags;
  }
}
