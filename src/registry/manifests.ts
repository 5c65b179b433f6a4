/**
 * Manifests: by tag they are caches of the bucket or what else was pushed, by digest what was once
 * pushed or served.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { isTag } from "../oci/reference.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { readBody } from "./body.ts";
import { readPushedConfig, writePushedCache } from "./cache_push.ts";
import { RegistryError } from "./errors.ts";
import { emptyResponse, type Exchange, toHeaders, unsupported } from "./exchange.ts";
import type { KeptManifests, ManifestDocument } from "./kept_manifests.ts";
import type { Memberships } from "./memberships.ts";
import { requirePresence } from "./presence.ts";
import { type PushedManifest, readPushedManifest } from "./pushed_manifest.ts";
import type { Referrers } from "./referrers.ts";
import type { ServedCaches } from "./served_caches.ts";
import { isForbidden, type Store } from "./store.ts";
import type { Tags } from "./tags.ts";

/** The specification's own advice, and four times of what BuildKit reads. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** The name of the cache that a tag of a repository stands for; undefined if for none. */
export type NameOf = (repository: string, tag: string) => string | undefined;

/** What the routes work with. */
export interface ManifestParts {
  store: Store;
  kept: KeptManifests;
  caches: ServedCaches;
  tags: Tags;
  memberships: Memberships;
  referrers: Referrers;
  nameOf: NameOf;
}

/** Answers requests about manifests. */
export class ManifestRoutes {
  readonly #parts: ManifestParts;

  constructor(parts: ManifestParts) {
    this.#parts = parts;
  }

  /** Answers a request. */
  async answer(exchange: Exchange): Promise<Response> {
    const { reference } = exchange;
    const code = reference.includes(":") ? "DIGEST_INVALID" : "MANIFEST_INVALID";
    if (!isTag(reference) && !isDigest(reference)) {
      throw new RegistryError(code, `${reference} is neither a tag nor a SHA-256 digest`);
    }
    switch (exchange.request.method) {
      case "HEAD":
      case "GET":
        return await this.#read(exchange);
      case "PUT":
        return await this.#write(exchange);
      case "DELETE":
        return await this.#delete(exchange);
      default:
        throw unsupported(exchange);
    }
  }

  async #read({ request, repository, reference }: Exchange): Promise<Response> {
    const isHead = request.method === "HEAD";
    const document =
      await (isDigest(reference)
        ? this.#byDigest(repository, reference)
        : this.#byTag(repository, reference)).catch((error) => {
          // Who asks by HEAD goes on without the cache, or pushes it. Who asks by GET wants to know.
          if (isHead) return this.#parts.store.absent(error);
          throw error;
        });
    if (!document) throw unknownManifest(repository, reference);
    const { bytes, digest, mediaType } = document;
    return new Response(isHead ? null : bytes, {
      headers: toHeaders({
        "content-length": bytes.length,
        "content-type": mediaType,
        "docker-content-digest": digest,
        etag: `"${digest}"`,
      }),
    });
  }

  async #byDigest(
    repository: string,
    digest: string,
  ): Promise<ManifestDocument | undefined> {
    const { kept, caches, memberships } = this.#parts;
    const [document, membership] = await Promise.all([
      kept.get(digest),
      memberships.get(repository, digest),
    ]);
    if (document && membership !== "deleted") return document;
    return await caches.findManifest(repository, digest);
  }

  async #byTag(
    repository: string,
    tag: string,
  ): Promise<ManifestDocument | undefined> {
    const { kept, caches, tags, nameOf } = this.#parts;
    const name = nameOf(repository, tag);
    let refusal: unknown;
    const cache = name === undefined ? undefined : await caches.read(name).catch((error) => {
      if (!isForbidden(error)) throw error;
      refusal = error;
    });
    if (cache) {
      await this.#restore(repository, cache);
      return cache;
    }
    const digest = await tags.get(repository, tag);
    if (digest !== undefined) return await kept.get(digest);
    if (refusal !== undefined) throw refusal;
  }

  /** Who deleted a manifest and then wrote the same cache again has it again, by its digest too. */
  async #restore(repository: string, { digest }: ManifestDocument): Promise<void> {
    const { store, memberships } = this.#parts;
    if (store.readOnly || await memberships.get(repository, digest) !== "deleted") return;
    await memberships.put(repository, digest, "pushed");
  }

  async #write({ request, repository, reference }: Exchange): Promise<Response> {
    const { store, kept, memberships, referrers } = this.#parts;
    const bytes = await readBody(request, MAX_MANIFEST_BYTES);
    const manifest = await readPushedManifest(bytes, request.headers.get("content-type"));
    const { digest, subject } = manifest;
    if (isDigest(reference) && reference !== digest) {
      throw new RegistryError("DIGEST_INVALID", `the manifest has the digest ${digest}`);
    }
    await requirePresence({ store, kept, memberships, repository }, manifest);
    const config = manifest.cache && await readPushedConfig(store, manifest.cache);
    // The tag comes last: whoever sees it finds all that it stands for.
    await Promise.all([kept.put(manifest), memberships.put(repository, digest, "pushed")]);
    if (subject) await referrers.add(subject, manifest.descriptor);
    if (!isDigest(reference)) await this.#tag(repository, reference, manifest, config);
    return emptyResponse(201, {
      location: `/v2/${repository}/manifests/${digest}`,
      "docker-content-digest": digest,
      "oci-subject": subject,
    });
  }

  /** A tag stands for one thing: what it stood for before, as the other kind, is taken away. */
  async #tag(
    repository: string,
    tag: string,
    { digest }: PushedManifest,
    config: Awaited<ReturnType<typeof readPushedConfig>> | undefined,
  ): Promise<void> {
    const { store, tags, nameOf } = this.#parts;
    const name = nameOf(repository, tag);
    if (config) {
      if (name === undefined) throw unknownManifest(repository, tag);
      await writePushedCache(store, name, config, digest);
      // The cache is what the tag stands for now, even where the other cannot be taken away.
      await tags.discard(repository, tag);
    } else {
      await tags.put(repository, tag, digest);
      if (name !== undefined) await this.#removeCache(name);
    }
  }

  /** While a cache is there, its tag stands for it: then the push of another manifest has failed. */
  async #removeCache(name: string): Promise<void> {
    const { store } = this.#parts;
    const key = manifestKey(store.cache, name);
    if (!await store.head(key)) return;
    try {
      await store.client.delete(key);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      store.warn(`${key} is in the way of what was pushed: ${error.message}`);
      throw new RegistryError(
        "DENIED",
        `the tag stands for the cache ${name}, which this registry may not delete`,
      );
    }
  }

  async #delete({ repository, reference }: Exchange): Promise<Response> {
    const found = isDigest(reference)
      ? await this.#deleteDigest(repository, reference)
      : await this.#deleteTag(repository, reference);
    if (!found) throw unknownManifest(repository, reference);
    return emptyResponse(202, {});
  }

  async #deleteTag(repository: string, tag: string): Promise<boolean> {
    const { store, tags, nameOf } = this.#parts;
    const name = nameOf(repository, tag);
    const key = name === undefined ? undefined : manifestKey(store.cache, name);
    const isCache = key !== undefined && await store.head(key) !== undefined;
    if (isCache) await store.client.delete(key);
    const isOther = await tags.get(repository, tag) !== undefined;
    if (isOther) await tags.delete(repository, tag);
    return isCache || isOther;
  }

  /**
   * Takes away the tags of the repository that stand for a digest, and lets it answer there no more.
   * Its bytes stay until a prune: others may have them too, and at this moment be at work with them.
   */
  async #deleteDigest(repository: string, digest: string): Promise<boolean> {
    const { kept, tags, caches, memberships, nameOf } = this.#parts;
    const membership = await memberships.get(repository, digest);
    let found = membership === "pushed" && await kept.has(digest);
    for (const tag of (await tags.listCaches(repository)).keys()) {
      const name = nameOf(repository, tag);
      const cache = name === undefined ? undefined : await caches.read(name);
      if (cache?.digest === digest) found = await this.#deleteTag(repository, tag) || found;
    }
    for (const tag of await tags.listOthers(repository)) {
      if (await tags.get(repository, tag) !== digest) continue;
      await tags.delete(repository, tag);
      found = true;
    }
    if (found) await memberships.put(repository, digest, "deleted");
    return found;
  }
}

function unknownManifest(repository: string, reference: string): RegistryError {
  const separator = isDigest(reference) ? "@" : ":";
  return new RegistryError(
    "MANIFEST_UNKNOWN",
    `there is no ${repository}${separator}${reference} in this registry`,
  );
}
