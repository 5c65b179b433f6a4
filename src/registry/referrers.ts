/**
 * Referrers: manifests that are about another one, such as its signatures.
 *
 * @module
 */
import { goJson } from "../go_json.ts";
import { type Descriptor, inGoOrder, parseDescriptor } from "../oci/descriptor.ts";
import { IMAGE_INDEX } from "../oci/media_types.ts";
import { parseJson } from "../oci/json.ts";
import { mapParallel } from "../parallel.ts";
import { documentResponse, type Exchange, requireDigest, unsupported } from "./exchange.ts";
import { referrerKey } from "./layout.ts";
import type { Memberships } from "./memberships.ts";
import type { Store } from "./store.ts";

const PARALLELISM = 8;

/** The referrers of a bucket. */
export class Referrers {
  readonly #store: Store;
  readonly #memberships: Memberships;

  /**
   * @param store the bucket
   * @param memberships know what was deleted, and from where
   */
  constructor(store: Store, memberships: Memberships) {
    this.#store = store;
    this.#memberships = memberships;
  }

  /** Answers a request for the referrers of a manifest, which need not be there. */
  async answer(exchange: Exchange): Promise<Response> {
    const { request: { method }, repository, url } = exchange;
    if (method !== "GET" && method !== "HEAD") throw unsupported(exchange);
    const all = await this.#list(repository, requireDigest(exchange.reference));
    const wanted = url.searchParams.get("artifactType");
    const manifests = all.filter(({ artifactType }) => !wanted || artifactType === wanted);
    const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: manifests.map(inGoOrder) };
    return documentResponse(exchange, IMAGE_INDEX, goJson(index), {
      "oci-filters-applied": wanted ? "artifactType" : undefined,
    });
  }

  /** Notes that a manifest is about another one. */
  async add(subject: string, descriptor: Descriptor): Promise<void> {
    const key = referrerKey(this.#store.cache, subject, descriptor.digest);
    await this.#store.client.put(key, goJson(inGoOrder(descriptor)), this.#store.placement);
  }

  /** Those that the repository has not deleted. */
  async #list(repository: string, subject: string): Promise<Descriptor[]> {
    const { client, cache } = this.#store;
    const listed = client.list({ prefix: referrerKey(cache, subject, "") });
    const descriptors: Descriptor[] = [];
    const read = mapParallel(listed, PARALLELISM, ({ key }) => this.#read(repository, key));
    for await (const descriptor of read) if (descriptor) descriptors.push(descriptor);
    return descriptors;
  }

  async #read(repository: string, key: string): Promise<Descriptor | undefined> {
    const text = await this.#store.readText(key);
    if (text === undefined) return undefined;
    const descriptor = parseDescriptor(parseJson(new TextEncoder().encode(text), key), key);
    const membership = await this.#memberships.get(repository, descriptor.digest);
    return membership === "deleted" ? undefined : descriptor;
  }
}
