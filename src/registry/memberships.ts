/**
 * Which repository has which manifest. The bytes of a manifest are kept once, whoever pushed them:
 * to delete it from one repository must not take it from another.
 *
 * @module
 */
import { membershipKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** What is known of a manifest in a repository. */
export type Membership = "pushed" | "deleted";

/** What repositories were given, and what was deleted from them. */
export class Memberships {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What became of a manifest in a repository; undefined if it was neither pushed nor deleted. */
  async get(repository: string, digest: string): Promise<Membership | undefined> {
    const text = await this.#store.readText(membershipKey(this.#store.cache, repository, digest));
    return text === "pushed" || text === "deleted" ? text : undefined;
  }

  /** Notes what became of a manifest in a repository. */
  async put(repository: string, digest: string, membership: Membership): Promise<void> {
    const { client, cache, placement } = this.#store;
    // One object for both, that is overwritten: a writer need not have the right to delete.
    const key = membershipKey(cache, repository, digest);
    await client.put(key, membership, { ...placement, contentType: "text/plain" });
  }
}
