/**
 * A registry over the caches of a bucket: what BuildKit exports with `type=registry` it can import
 * with `type=s3`, and the reverse.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { versionOf } from "../manage/version.ts";
import { cacheNameOf } from "../oci/reference.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { connect, type TransferOptions } from "../transfer/connection.ts";
import { Assembler } from "./assembly.ts";
import { authorizer, type RegistryAuth } from "./auth.ts";
import { BlobRoutes } from "./blobs.ts";
import { RegistryError, toRegistryError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { KeptManifests } from "./kept_manifests.ts";
import { Memberships } from "./memberships.ts";
import { ManifestRoutes, type NameOf } from "./manifests.ts";
import { Referrers } from "./referrers.ts";
import { parseRoute, type Resource } from "./routes.ts";
import { ServedCaches } from "./served_caches.ts";
import { Store } from "./store.ts";
import { answerTagList } from "./tag_list.ts";
import { Tags } from "./tags.ts";
import { UploadRoutes } from "./uploads.ts";

/** What a registry is made of. */
export interface RegistryOptions
  extends Pick<TransferOptions, "fetch" | "timeouts" | "clock" | "sleep" | "random"> {
  /** The bucket and its prefixes, as `parseAttributes` gives them. Its names do not matter. */
  cache: CacheOptions;
  /** Used where `cache` holds no credentials. */
  credentials?: TransferOptions["credentials"];
  /** What clients must know. Without it everybody is served. */
  auth?: RegistryAuth;
  /**
   * Refuse pushes, and write nothing to the bucket. What BuildKit wrote there is then served from
   * memory: its digests are known as long as its name is not overwritten.
   */
  readOnly?: boolean;
  /** Send clients that read blobs to the bucket, by URLs that are good for 20 minutes. */
  redirect?: boolean;
  /** In bytes: no larger blob is taken. S3's own limit, 5 TiB, by default. */
  maxBlobSize?: number;
  /**
   * Which cache a tag of a repository stands for; undefined if none. By default `REPOSITORY:latest`
   * is the cache named `REPOSITORY`, and any other `REPOSITORY:TAG` is named just so.
   */
  nameOf?: NameOf;
  /** Is told of what goes wrong: also of what clients are told no more of than that it did. */
  onWarning?: (message: string) => void;
}

/** Answers requests of registries' clients. */
export type Registry = (request: Request) => Promise<Response>;

/** S3's largest object. */
const MAX_BLOB_SIZE = 5 * 1024 ** 4;

/** Methods that change nothing. */
const READING = new Set(["GET", "HEAD"]);

/**
 * Makes a registry that keeps build caches as BuildKit's S3 backend does: a fetch handler that
 * speaks the OCI distribution protocol, for builders that know `type=registry` and not `type=s3`.
 *
 * A cache that is pushed becomes the S3 manifest of its name; a cache that is in the bucket is
 * served as BuildKit's registry exporter would have written it. Other images and artifacts are kept
 * beside. Nothing is kept between requests but in the bucket, so any number of processes may serve
 * it.
 *
 * @example
 * ```ts
 * import { createRegistry, parseAttributes } from "@s3cache/s3cache";
 *
 * const registry = createRegistry({
 *   cache: parseAttributes("type=s3,region=eu-west-1,bucket=ci-cache", { direction: "import" }),
 *   auth: { token: "a secret" },
 * });
 * // Deno.serve(registry), or export default { fetch: registry }
 * const answer = await registry(new Request("http://localhost:5000/v2/"));
 * console.assert(answer.status === 401);
 * ```
 *
 * @param options the bucket, who may use it, and how
 * @returns a fetch handler
 * @throws {TypeError} on a bucket, region, endpoint or secret that cannot be used
 */
export function createRegistry(options: RegistryOptions): Registry {
  const { readOnly = false, onWarning = () => {} } = options;
  const authorize = options.auth && authorizer(options.auth);
  const answer = router(options);
  return async (request) => {
    try {
      await authorize?.(request);
      if (readOnly && !READING.has(request.method)) {
        throw new RegistryError("DENIED", "this registry is read-only");
      }
      return withVersion(await answer(request));
    } catch (error) {
      if (!(error instanceof RegistryError)) {
        onWarning(`${request.method} ${new URL(request.url).pathname}: ${describe(error)}`);
      }
      const response = toRegistryError(error).toResponse();
      return withVersion(request.method === "HEAD" ? new Response(null, response) : response);
    }
  };
}

function router(options: RegistryOptions): Registry {
  const { readOnly = false, redirect = false, onWarning = () => {} } = options;
  const { nameOf = cacheNameOf, maxBlobSize = MAX_BLOB_SIZE, cache } = options;
  const connection = connect(cache, options);
  const store = new Store({ cache, connection, readOnly, onWarning });
  const tags = new Tags(store);
  const kept = new KeptManifests(store);
  const caches = new ServedCaches(store, kept, async (repository) => {
    const listed = [...await tags.listCaches(repository)];
    return listed.flatMap(([tag, info]) => {
      const name = nameOf(repository, tag);
      if (name === undefined) return [];
      const isListed = info.key === manifestKey(cache, name);
      return [{ name, version: isListed ? versionOf(info) : undefined }];
    });
  });
  const memberships = new Memberships(store);
  const referrers = new Referrers(store, memberships);
  const parts = { store, kept, caches, tags, memberships, referrers, nameOf };
  const manifests = new ManifestRoutes(parts);
  const blobs = new BlobRoutes(store, caches, redirect);
  const uploads = new UploadRoutes(store, new Assembler(connection), maxBlobSize);
  const routes: Record<Resource, (exchange: Exchange) => Promise<Response>> = {
    manifests: (exchange) => manifests.answer(exchange),
    blobs: (exchange) => blobs.answer(exchange),
    uploads: (exchange) => uploads.answer(exchange),
    tags: (exchange) => answerTagList(exchange, tags),
    referrers: (exchange) => referrers.answer(exchange),
  };
  return async (request) => {
    const url = new URL(request.url);
    if (/^\/v2\/?$/.test(url.pathname)) {
      if (!READING.has(request.method)) throw new RegistryError("UNSUPPORTED", "only GET");
      return new Response(request.method === "HEAD" ? null : "{}", {
        headers: { "content-type": "application/json" },
      });
    }
    const route = parseRoute(url.pathname);
    if (!route) throw new RegistryError("UNSUPPORTED", "there is no such page", { status: 404 });
    return await routes[route.resource]({ ...route, request, url });
  };
}

/** By this clients of old know what they speak to. */
function withVersion(response: Response): Response {
  response.headers.set("docker-distribution-api-version", "registry/2.0");
  return response;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
