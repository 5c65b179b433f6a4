/**
 * Uploads of blobs. A blob whose digest is known from the start goes straight to its place, and is
 * completed there only if it is what the digest says; any other goes by way of an upload session.
 * Either way nothing that is not verified is ever seen.
 *
 * @module
 */
import { IntegrityError, isDigest } from "../digest.ts";
import { verified } from "../runtime/verified_stream.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { type ByteStream, concatenated, limited } from "./body.ts";
import { RegistryError } from "./errors.ts";
import { emptyResponse, type Exchange, requireDigest, unsupported } from "./exchange.ts";
import { parseChunkRange } from "./ranges.ts";
import type { Store } from "./store.ts";
import { offsetOf, UPLOAD_PARTS, type UploadSession, UploadSessions } from "./upload_session.ts";

/** Answers requests about uploads. */
export class UploadRoutes {
  readonly #store: Store;
  readonly #sessions: UploadSessions;
  readonly #maxBlobSize: number;

  /**
   * @param store the bucket
   * @param maxBlobSize in bytes; no blob may be larger
   */
  constructor(store: Store, maxBlobSize: number) {
    this.#store = store;
    this.#sessions = new UploadSessions(store);
    this.#maxBlobSize = maxBlobSize;
  }

  /** Answers a request. */
  async answer(exchange: Exchange): Promise<Response> {
    const { request: { method }, reference: id, repository } = exchange;
    if (id === "") {
      if (method !== "POST") throw unsupported(exchange);
      return await this.#begin(exchange);
    }
    const session = await this.#sessions.find(id, repository);
    if (!session) throw new RegistryError("BLOB_UPLOAD_UNKNOWN", `there is no upload ${id}`);
    switch (method) {
      case "GET":
      case "HEAD":
        return accepted(session, 204);
      case "PATCH":
        return await this.#append(exchange, session);
      case "PUT":
        return await this.#complete(exchange, session);
      case "DELETE":
        await this.#sessions.remove(session);
        return emptyResponse(204, {});
      default:
        throw unsupported(exchange);
    }
  }

  async #begin({ request, repository, url: { searchParams } }: Exchange): Promise<Response> {
    const digest = searchParams.get("digest");
    if (digest !== null) {
      await this.#writeBlob(requireDigest(digest), this.#bodyOf(request, 0));
      return created(repository, digest);
    }
    // Blobs belong to no repository: where it would be mounted from does not matter.
    const mounted = searchParams.get("mount");
    if (isDigest(mounted) && await this.#store.headBlob(mounted)) {
      return created(repository, mounted);
    }
    return accepted(await this.#sessions.begin(repository), 202);
  }

  async #append({ request }: Exchange, session: UploadSession): Promise<Response> {
    requireNext(request, session);
    const offset = offsetOf(session);
    return accepted(await this.#sessions.append(session, this.#bodyOf(request, offset)), 202);
  }

  async #complete(
    { request, repository, url }: Exchange,
    session: UploadSession,
  ): Promise<Response> {
    const digest = requireDigest(url.searchParams.get("digest") ?? "");
    requireNext(request, session);
    const [first, ...more] = session.pieces;
    const isWhole = first !== undefined && more.length === 0 && !hasBody(request);
    if (isWhole) {
      if (first.digest !== digest) {
        throw new RegistryError("DIGEST_INVALID", `${digest}: the blob has ${first.digest}`);
      }
      const { client, cache, placement } = this.#store;
      await client.copy(this.#sessions.keyOf(session, first), blobKey(cache, digest), placement);
    } else {
      const pieces = session.pieces.map((piece) => () => this.#sessions.open(session, piece));
      const rest = () => Promise.resolve(this.#bodyOf(request, offsetOf(session)));
      await this.#writeBlob(digest, concatenated([...pieces, rest]));
    }
    await this.#sessions.remove(session).catch((error: Error) => {
      this.#store.warn(`upload ${session.id} could not be removed: ${error.message}`);
    });
    return created(repository, digest);
  }

  /** Writes a blob, which is there afterwards only if it is what its digest says. */
  async #writeBlob(digest: string, body: ByteStream): Promise<void> {
    const { client, cache, placement } = this.#store;
    try {
      await client.upload(blobKey(cache, digest), verified(body, digest, "the blob"), {
        ...placement,
        ...UPLOAD_PARTS,
        sha256: digest.slice("sha256:".length),
      });
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      throw new RegistryError("DIGEST_INVALID", error.message);
    }
  }

  #bodyOf({ body }: Request, offset: number): ByteStream {
    if (!body) return concatenated([]);
    return limited(body as ByteStream, this.#maxBlobSize - offset);
  }
}

function hasBody({ body, headers }: Request): boolean {
  return body !== null && headers.get("content-length") !== "0";
}

/** A chunk that says where it belongs must be the next one. */
function requireNext({ headers }: Request, session: UploadSession): void {
  const range = parseChunkRange(headers.get("content-range"));
  if (range === undefined) return;
  if (range !== "malformed" && range.start === offsetOf(session)) {
    const length = headers.get("content-length");
    if (length === null || Number(length) === range.end - range.start + 1) return;
  }
  throw new RegistryError(
    "BLOB_UPLOAD_INVALID",
    `Content-Range ${headers.get("content-range")}: ${offsetOf(session)} bytes have arrived`,
    { status: 416, headers: Object.fromEntries(progressOf(session)) },
  );
}

function accepted(session: UploadSession, status: 202 | 204): Response {
  return new Response(null, { status, headers: progressOf(session) });
}

function progressOf(session: UploadSession): Headers {
  const { id, repository } = session;
  return new Headers({
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, offsetOf(session) - 1)}`,
    "docker-upload-uuid": id,
  });
}

function created(repository: string, digest: string): Response {
  return emptyResponse(201, {
    location: `/v2/${repository}/blobs/${digest}`,
    "docker-content-digest": digest,
  });
}
