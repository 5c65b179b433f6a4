/**
 * Uploads of blobs. A blob whose digest is known from the start goes straight to its place, and is
 * completed there only if it is what the digest says; any other goes by way of an upload session.
 * Either way nothing that is not verified is ever seen.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import type { Assembler } from "./assembly.ts";
import { writeBlob } from "./blob_writer.ts";
import { type ByteStream, concatenated, limited } from "./body.ts";
import { RegistryError } from "./errors.ts";
import { emptyResponse, type Exchange, requireDigest, unsupported } from "./exchange.ts";
import { parseChunkRange } from "./ranges.ts";
import type { Store } from "./store.ts";
import { complete, type CompletionContext } from "./upload_completion.ts";
import { append, type Chunk, discard } from "./upload_pieces.ts";
import { offsetOf, type UploadSession, UploadSessions } from "./upload_session.ts";

/** Answers requests about uploads. */
export class UploadRoutes {
  readonly #context: CompletionContext;
  readonly #sessions: UploadSessions;
  readonly #maxBlobSize: number;

  /**
   * @param store the bucket
   * @param assembler puts blobs together in it
   * @param maxBlobSize in bytes; no blob may be larger
   */
  constructor(store: Store, assembler: Assembler, maxBlobSize: number) {
    this.#context = { store, assembler };
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
    if (!session) throw unknownUpload(id);
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
      await writeBlob(this.#context.store, requireDigest(digest), this.#bodyOf(request, 0));
      return created(repository, digest);
    }
    // Blobs belong to no repository: where it would be mounted from does not matter.
    const mounted = searchParams.get("mount");
    if (isDigest(mounted) && await this.#context.store.headBlob(mounted)) {
      return created(repository, mounted);
    }
    return accepted(await this.#sessions.begin(repository), 202);
  }

  async #append({ request }: Exchange, before: UploadSession): Promise<Response> {
    const { store } = this.#context;
    const grown = await append(store, before, this.#chunkOf(request, before));
    const { session, replaced, written, cut } = grown;
    if (session !== before) {
      const isSaved = await this.#sessions.save(session);
      await discard(store, session.id, isSaved ? replaced : written);
      if (!isSaved) throw await this.#conflict(session);
    }
    if (cut !== undefined) throw cut;
    return accepted(session, 202);
  }

  /** Another request came first: the client is to go on from where that one has left the upload. */
  async #conflict({ id, repository }: UploadSession): Promise<RegistryError> {
    const current = await this.#sessions.find(id, repository);
    return current ? outOfStep(current, "another request came first") : unknownUpload(id);
  }

  async #complete(
    { request, repository, url }: Exchange,
    session: UploadSession,
  ): Promise<Response> {
    const digest = requireDigest(url.searchParams.get("digest") ?? "");
    await complete(this.#context, session, this.#chunkOf(request, session), digest);
    await this.#sessions.remove(session).catch((error: Error) => {
      this.#context.store.warn(`upload ${session.id} could not be removed: ${error.message}`);
    });
    return created(repository, digest);
  }

  /** What a request brings. If it says where that belongs, it must be what comes next. */
  #chunkOf(request: Request, session: UploadSession): Chunk {
    const { headers } = request;
    const text = headers.get("content-range");
    const range = parseChunkRange(text);
    const failure = () => outOfStep(session, `Content-Range ${text}`);
    const announced = request.body ? headers.get("content-length") : "0";
    let length = announced === null ? undefined : Number(announced);
    if (range !== undefined) {
      if (range === "malformed" || range.start !== offsetOf(session)) throw failure();
      const named = range.end - range.start + 1;
      if (length !== undefined && length !== named) throw failure();
      length = named;
    }
    const body = this.#bodyOf(request, offsetOf(session));
    return { body, length, isPartial: range !== undefined, failure };
  }

  #bodyOf({ body }: Request, offset: number): ByteStream {
    if (!body) return concatenated([]);
    return limited(body as ByteStream, this.#maxBlobSize - offset);
  }
}

function unknownUpload(id: string): RegistryError {
  return new RegistryError("BLOB_UPLOAD_UNKNOWN", `there is no upload ${id}`);
}

/** The answer to bytes that are not those that come next: it says which would be. */
function outOfStep(session: UploadSession, reason: string): RegistryError {
  return new RegistryError(
    "BLOB_UPLOAD_INVALID",
    `${reason}: ${offsetOf(session)} bytes have arrived`,
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
