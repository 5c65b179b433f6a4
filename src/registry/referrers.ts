/**
 * Referrers: manifests that are about another one, such as its signatures.
 *
 * @module
 */
import { goJson } from "../go_json.ts";
import { type Descriptor, inGoOrder, parseDescriptor } from "../oci/descriptor.ts";
import { IMAGE_INDEX } from "../oci/media_types.ts";
import { parseJson } from "../oci/json.ts";
import { type Exchange, requireDigest, unsupported } from "./exchange.ts";
import { referrerKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** The referrers of a bucket. */
export class Referrers {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Answers a request for the referrers of a manifest, which need not be there. */
  async answer(exchange: Exchange): Promise<Response> {
    const { request: { method }, url } = exchange;
    if (method !== "GET" && method !== "HEAD") throw unsupported(exchange);
    const all = await this.#list(requireDigest(exchange.reference));
    const wanted = url.searchParams.get("artifactType");
    const manifests = all.filter(({ artifactType }) => !wanted || artifactType === wanted);
    const index = { schemaVersion: 2, mediaType: IMAGE_INDEX, manifests: manifests.map(inGoOrder) };
    const headers = new Headers({ "content-type": IMAGE_INDEX });
    if (wanted) headers.set("oci-filters-applied", "artifactType");
    return new Response(method === "HEAD" ? null : goJson(index), { headers });
  }

  /** Notes that a manifest is about another one. */
  async add(subject: string, descriptor: Descriptor): Promise<void> {
    const key = referrerKey(this.#store.cache, subject, descriptor.digest);
    await this.#store.client.put(key, goJson(inGoOrder(descriptor)), this.#store.placement);
  }

  /** Forgets it. */
  async remove(subject: string, digest: string): Promise<void> {
    await this.#store.client.delete(referrerKey(this.#store.cache, subject, digest));
  }

  async #list(subject: string): Promise<Descriptor[]> {
    const { client, cache } = this.#store;
    const descriptors: Descriptor[] = [];
    for await (const { key } of client.list({ prefix: referrerKey(cache, subject, "") })) {
      const bytes = await (await client.get(key)).bytes();
      descriptors.push(parseDescriptor(parseJson(bytes, key), key));
    }
    return descriptors;
  }
}
