/**
 * Uploads that are not complete. All that is known of one is in the bucket, so that any process can
 * go on with it: what requests brought is in objects, and one more says which they are.
 *
 * @module
 */
import { isObject } from "../oci/descriptor.ts";
import { parseJson } from "../oci/json.ts";
import { isNoSuchKey, isPreconditionFailed } from "../s3/errors.ts";
import { honoursCondition } from "../transfer/conditional_writes.ts";
import { uploadKey } from "./layout.ts";
import { ResumableSha256 } from "./resumable_sha256.ts";
import type { Store } from "./store.ts";

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SESSION = "session";

/** Bytes of an upload: the name of their object, and how many they are. */
export type UploadPiece = readonly [name: string, size: number];

/** What is known of the SHA-256 of what has arrived: it itself, or what it can be gone on from. */
export type UploadHash = { digest: string } | { state: string };

/** An upload that is not complete. */
export interface UploadSession {
  /** What the client calls it. */
  id: string;
  /** Where it was begun. */
  repository: string;
  /** What has arrived, in pieces that are large enough to be parts of an object. */
  parts: readonly UploadPiece[];
  /** What arrived after them, in pieces that are not. */
  tail: readonly UploadPiece[];
  /** Undefined also where it would have to be computed from the pieces. */
  hash: UploadHash | undefined;
  /** The version of what was read. */
  etag: string;
}

/** How many bytes of an upload have arrived. */
export function offsetOf({ parts, tail }: Pick<UploadSession, "parts" | "tail">): number {
  return sizeOf(parts) + sizeOf(tail);
}

/** How many bytes are in pieces. */
export function sizeOf(pieces: readonly UploadPiece[]): number {
  return pieces.reduce((sum, [, size]) => sum + size, 0);
}

/** The digest of what has arrived; undefined if it would have to be computed from the pieces. */
export function knownDigest(session: UploadSession): string | undefined {
  const { hash } = session;
  if (!hash) return undefined;
  return "digest" in hash
    ? hash.digest
    : `sha256:${new ResumableSha256(hash.state, offsetOf(session)).hex()}`;
}

/** The key of a piece. */
export function pieceKey({ cache }: Store, id: string, name: string): string {
  return uploadKey(cache, id, name);
}

/** The uploads of a bucket that are not complete. */
export class UploadSessions {
  readonly #store: Store;
  /** Whether the server honours `If-Match`, once that is known. */
  #isConditional: boolean | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Begins an upload. */
  async begin(repository: string): Promise<UploadSession> {
    const id = crypto.randomUUID();
    const session = { id, repository, parts: [], tail: [], hash: undefined };
    const { etag } = await this.#store.client.put(this.#key(id), textOf(session));
    return { ...session, etag };
  }

  /**
   * Looks for an upload.
   *
   * @param id what the client calls it
   * @param repository where it was begun
   * @returns the upload, or undefined if there is none
   */
  async find(id: string, repository: string): Promise<UploadSession | undefined> {
    if (!ID.test(id)) return undefined;
    const key = this.#key(id);
    try {
      const result = await this.#store.client.get(key);
      const json = parseJson(await result.bytes(), key);
      if (!isObject(json) || json.repository !== repository) return undefined;
      const { parts, tail, hash } = json as Partial<UploadSession>;
      if (!parts || !tail) return undefined;
      return { id, repository, parts, tail, hash, etag: result.info.etag };
    } catch (error) {
      return isNoSuchKey(error) ? undefined : this.#store.absent(error);
    }
  }

  /**
   * Writes down what has become of an upload, unless another request came first.
   *
   * @param session as it is now; its `etag` is that of what it was made of
   * @returns false if another one came first: what this one brought is no part of the upload then
   */
  async save(session: UploadSession): Promise<boolean> {
    const { client } = this.#store;
    const key = this.#key(session.id);
    const text = textOf(session);
    try {
      if (await this.#honoursIfMatch()) {
        await client.put(key, text, { ifMatch: session.etag });
        return true;
      }
      // This leaves only a moment in which the other may be overlooked.
      const current = await this.find(session.id, session.repository);
      if (current?.etag !== session.etag) return false;
      await client.put(key, text);
      return true;
    } catch (error) {
      if (!isPreconditionFailed(error) && !isNoSuchKey(error)) throw error;
      // It may have been our own, whose answer got lost.
      return await this.#store.readText(key) === text;
    }
  }

  /**
   * Removes an upload, complete or not.
   *
   * @param session of which nothing is needed any more
   */
  async remove({ id, parts, tail }: UploadSession): Promise<void> {
    const names = [SESSION, ...[...parts, ...tail].map(([name]) => name)];
    const keys = names.map((name) => pieceKey(this.#store, id, name));
    if (await this.#store.discard(keys)) return;
    // What cannot be deleted is not gone on with either.
    await this.#store.client.put(this.#key(id), "{}");
  }

  async #honoursIfMatch(): Promise<boolean> {
    if (this.#isConditional === undefined) {
      const { client, cache, warn } = this.#store;
      this.#isConditional = await honoursCondition(client, cache.prefix, "ifMatch", {});
      if (!this.#isConditional) {
        warn(
          "the server does not honour conditional writes: an upload whose requests run at the same " +
            "time may lose bytes, and is then refused for its digest",
        );
      }
    }
    return this.#isConditional;
  }

  #key(id: string): string {
    return pieceKey(this.#store, id, SESSION);
  }
}

function textOf(
  { repository, parts, tail, hash }: Omit<UploadSession, "id" | "etag">,
): string {
  return JSON.stringify({ repository, parts, tail, hash });
}
