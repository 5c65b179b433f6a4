/**
 * Tags: the names of caches, and what else was pushed.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { cacheNameOf, isTag } from "../oci/reference.ts";
import { isNoSuchKey } from "../s3/errors.ts";
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

  /** The tags of a repository that are caches, in order. */
  async listCaches(repository: string): Promise<string[]> {
    const { client, cache } = this.#store;
    const key = manifestKey(cache, cacheNameOf(repository, LATEST));
    const [latest, others] = await Promise.all([
      client.head(key),
      this.#list(manifestKey(cache, `${repository}:`)),
    ]);
    // A cache named app:latest is not what app:latest asks for.
    const tags = others.filter((tag) => isTag(tag) && tag !== LATEST);
    return (latest ? [...tags, LATEST] : tags).sort();
  }

  /** All tags of a repository, in order. */
  async list(repository: string): Promise<string[]> {
    const [caches, others] = await Promise.all([
      this.listCaches(repository),
      this.listOthers(repository),
    ]);
    return [...new Set([...caches, ...others])].sort();
  }

  /** The tags of a repository that are no caches. */
  listOthers(repository: string): Promise<string[]> {
    return this.#list(tagKey(this.#store.cache, repository, ""));
  }

  /** The digest that a tag stands for, if it is no cache. */
  async get(repository: string, tag: string): Promise<string | undefined> {
    try {
      const key = tagKey(this.#store.cache, repository, tag);
      const digest = await (await this.#store.client.get(key)).text();
      return isDigest(digest) ? digest : undefined;
    } catch (error) {
      if (isNoSuchKey(error)) return undefined;
      throw error;
    }
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

  async #list(prefix: string): Promise<string[]> {
    const tags: string[] = [];
    for await (const { key } of this.#store.client.list({ prefix })) {
      tags.push(key.slice(prefix.length));
    }
    return tags;
  }
}
