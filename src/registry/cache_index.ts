/**
 * Documents that caches are served as and that cannot be kept, because nothing is written: found by
 * their digests, also where another process has given those out.
 *
 * @module
 */
import { CacheConfigError } from "../cacheconfig/errors.ts";
import { forEachParallel } from "../parallel.ts";
import type { ManifestDocument } from "./kept_manifests.ts";
import { isForbidden } from "./store.ts";

/** A cache of a repository. */
export interface ListedCache {
  name: string;
  /** Of its S3 manifest; undefined if that was not what was listed. */
  version: string | undefined;
}

/** What an index works with. */
export interface CacheIndexOptions {
  /** Lists the caches of a repository. */
  list: (repository: string) => Promise<ListedCache[]>;
  /** Reads what a cache is served as, and gives it to {@linkcode CacheIndex.add}. */
  read: (name: string) => Promise<readonly ManifestDocument[]>;
  /** Milliseconds since 1970. */
  clock: () => number;
  /** From 0 up to 1. */
  random: () => number;
}

/** Bytes of documents that are held; the others are made again of their cache, in one request. */
const MAX_BYTES = 32 * 1024 * 1024;

/** How long a digest that is none of a repository's is not looked for again, in milliseconds. */
const MISS_MS = 30_000;
const MAX_MISSES = 1000;

const PARALLELISM = 4;

/** Knows of each cache which digests it is served by, and holds what was used last. */
export class CacheIndex {
  readonly #options: CacheIndexOptions;
  /** What was used last stands last. */
  readonly #documents = new Map<string, ManifestDocument>();
  #bytes = 0;
  /** The version of each cache that was read. */
  readonly #versions = new Map<string, string>();
  /** The digests that a cache is served by, and the caches that are served by a digest. */
  readonly #digests = new Map<string, readonly string[]>();
  readonly #names = new Map<string, Set<string>>();
  /** When a digest was looked for in vain. */
  readonly #misses = new Map<string, number>();

  constructor(options: CacheIndexOptions) {
    this.#options = options;
  }

  /** Takes what a cache is served as. */
  add(name: string, documents: readonly ManifestDocument[]): void {
    for (const digest of this.#digests.get(name) ?? []) {
      const names = this.#names.get(digest);
      names?.delete(name);
      if (names?.size === 0) this.#names.delete(digest);
    }
    this.#digests.set(name, documents.map(({ digest }) => digest));
    for (const document of documents) {
      const { digest } = document;
      this.#names.set(digest, (this.#names.get(digest) ?? new Set()).add(name));
      this.#hold(document);
    }
  }

  /**
   * Looks for a document.
   *
   * @param repository whose caches are looked at where the digest is not known
   * @param digest of the document
   * @returns the document, or undefined if no cache of the repository is served by it
   * @throws {S3Error} if a cache that might have been it could not be read
   */
  async find(repository: string, digest: string): Promise<ManifestDocument | undefined> {
    const known = await this.#recall(digest);
    if (known || this.#isMissed(repository, digest)) return known;
    await this.#scan(repository);
    const found = await this.#recall(digest);
    if (!found) this.#miss(repository, digest);
    return found;
  }

  async #recall(digest: string): Promise<ManifestDocument | undefined> {
    const held = this.#documents.get(digest);
    if (held) {
      this.#hold(held);
      return held;
    }
    for (const name of [...this.#names.get(digest) ?? []]) {
      const documents = await this.#options.read(name);
      const found = documents.find((document) => document.digest === digest);
      if (found) return found;
    }
  }

  /** Reads the caches that are new or have changed. */
  async #scan(repository: string): Promise<void> {
    const listed = await this.#options.list(repository);
    // Clients that come at once each begin elsewhere, and leave to the others what those have read.
    const start = Math.floor(this.#options.random() * listed.length);
    const ordered = [...listed.slice(start), ...listed.slice(0, start)];
    await forEachParallel(ordered, PARALLELISM, async ({ name, version }) => {
      if (version !== undefined && this.#versions.get(name) === version) return;
      try {
        await this.#options.read(name);
      } catch (error) {
        // What is no cache, or may not be read, is served as nothing.
        if (!(error instanceof CacheConfigError) && !isForbidden(error)) throw error;
      }
      if (version !== undefined) this.#versions.set(name, version);
    });
  }

  #hold(document: ManifestDocument): void {
    const { digest, bytes } = document;
    if (!this.#documents.delete(digest)) this.#bytes += bytes.length;
    this.#documents.set(digest, document);
    for (const [oldest, { bytes }] of this.#documents) {
      // What was asked for last stays in any case.
      if (this.#bytes <= MAX_BYTES || oldest === digest) break;
      this.#documents.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }

  #isMissed(repository: string, digest: string): boolean {
    const missed = this.#misses.get(`${repository}@${digest}`);
    return missed !== undefined && this.#options.clock() - missed < MISS_MS;
  }

  #miss(repository: string, digest: string): void {
    this.#misses.set(`${repository}@${digest}`, this.#options.clock());
    if (this.#misses.size > MAX_MISSES) this.#misses.delete(this.#misses.keys().next().value!);
  }
}
