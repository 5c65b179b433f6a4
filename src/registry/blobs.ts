/**
 * Blobs: what is in the bucket, streamed or pointed at.
 *
 * @module
 */
import type { ObjectInfo } from "../s3/types.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { RegistryError } from "./errors.ts";
import { emptyResponse, type Exchange, requireDigest, toHeaders, unsupported } from "./exchange.ts";
import { parseRange } from "./ranges.ts";
import type { ServedCaches } from "./served_caches.ts";
import type { Store } from "./store.ts";

/** How long a URL to which a client is redirected is good for, in seconds. */
const REDIRECT_SECONDS = 20 * 60;

/** Answers requests about blobs. */
export class BlobRoutes {
  readonly #store: Store;
  readonly #caches: ServedCaches;
  readonly #redirect: boolean;

  /**
   * @param store the bucket
   * @param caches know the blobs that nobody could write down
   * @param redirect send clients to the bucket itself
   */
  constructor(store: Store, caches: ServedCaches, redirect: boolean) {
    this.#store = store;
    this.#caches = caches;
    this.#redirect = redirect;
  }

  /** Answers a request. */
  async answer(exchange: Exchange): Promise<Response> {
    const digest = requireDigest(exchange.reference);
    switch (exchange.request.method) {
      case "HEAD":
      case "GET":
        return await this.#read(digest, exchange);
      case "DELETE":
        return await this.#delete(digest);
      default:
        throw unsupported(exchange);
    }
  }

  async #read(digest: string, { request, repository }: Exchange): Promise<Response> {
    const { method } = request;
    const info = await this.#store.headBlob(digest);
    if (!info) {
      const bytes = await this.#caches.findBlob(repository, digest);
      if (bytes) return bytesResponse(digest, bytes, method);
      throw unknownBlob(digest);
    }
    if (method === "HEAD") return emptyResponse(200, headersOf(digest, info.size));
    if (this.#redirect) {
      const location = await this.#store.client.presign("GET", info.key, {
        expiresIn: REDIRECT_SECONDS,
      });
      return emptyResponse(307, { location, "docker-content-digest": digest });
    }
    return await this.#stream(digest, info, request);
  }

  async #stream(digest: string, { key, size }: ObjectInfo, request: Request): Promise<Response> {
    const range = parseRange(request.headers.get("range"), size);
    const headers = headersOf(digest, size);
    if (range === "unsatisfiable") {
      throw new RegistryError("SIZE_INVALID", `blob ${digest} has ${size} bytes`, {
        status: 416,
        headers: { "content-range": `bytes */${size}` },
      });
    }
    try {
      const { body } = await this.#store.client.get(key, { range });
      if (!range) return new Response(body, { headers: toHeaders(headers) });
      const { start, end } = range;
      return new Response(body, {
        status: 206,
        headers: toHeaders({
          ...headers,
          "content-length": end - start + 1,
          "content-range": `bytes ${start}-${end}/${size}`,
        }),
      });
    } catch (error) {
      if (isNoSuchKey(error)) throw unknownBlob(digest);
      throw error;
    }
  }

  async #delete(digest: string): Promise<Response> {
    const key = blobKey(this.#store.cache, digest);
    if (!await this.#store.head(key)) throw unknownBlob(digest);
    await this.#store.client.delete(key);
    return emptyResponse(202, {});
  }
}

/** The error for a blob that is not there. */
function unknownBlob(digest: string): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", `blob ${digest} is not in this registry`);
}

function headersOf(digest: string, size: number): Record<string, string | number> {
  return {
    "accept-ranges": "bytes",
    "content-length": size,
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    // What a digest names never changes.
    etag: `"${digest}"`,
  };
}

function bytesResponse(
  digest: string,
  bytes: Uint8Array<ArrayBuffer>,
  method: string,
): Response {
  const headers = toHeaders(headersOf(digest, bytes.length));
  return new Response(method === "HEAD" ? null : bytes, { headers });
}
