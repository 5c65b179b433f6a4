/**
 * Uploads that are not complete. All that is known of one is in the bucket, so that any process can
 * go on with it: each request's bytes are an object, and one more says which they are.
 *
 * @module
 */
import { isObject } from "../oci/descriptor.ts";
import { parseJson } from "../oci/json.ts";
import { createSha256 } from "../runtime/sha256.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import { type ByteStream, untilCut } from "./body.ts";
import { uploadKey } from "./layout.ts";
import type { Store } from "./store.ts";

/** Memory is bounded by this: so many parts in flight, and one that is being filled. */
export const UPLOAD_PARTS = { partSize: 8 * 1024 * 1024, parallelism: 2 } as const;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SESSION = "session";

/** What one request brought. */
export interface UploadPiece {
  /** Names its object. */
  name: string;
  /** In bytes. */
  size: number;
  /** Of these bytes. A client mostly sends a blob in one piece, and then this is the blob's. */
  digest: string;
}

/** An upload that is not complete. */
export interface UploadSession {
  /** What the client calls it. */
  id: string;
  /** Where it was begun. */
  repository: string;
  /** What has arrived, in order. */
  pieces: UploadPiece[];
}

/** How many bytes of an upload have arrived. */
export function offsetOf({ pieces }: UploadSession): number {
  return pieces.reduce((sum, { size }) => sum + size, 0);
}

/** The uploads of a bucket that are not complete. */
export class UploadSessions {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Begins an upload. */
  async begin(repository: string): Promise<UploadSession> {
    const session = { id: crypto.randomUUID(), repository, pieces: [] };
    await this.#save(session);
    return session;
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
    const key = this.#key(id, SESSION);
    try {
      const json = parseJson(await (await this.#store.client.get(key)).bytes(), key);
      if (!isObject(json) || json.repository !== repository) return undefined;
      return { id, repository, pieces: json.pieces as UploadPiece[] };
    } catch (error) {
      if (isNoSuchKey(error)) return undefined;
      throw error;
    }
  }

  /**
   * Adds what a request brings; if its connection breaks, what has arrived by then.
   *
   * @param session an upload
   * @param body of the request
   * @returns the upload with one more piece
   * @throws what broke the connection, when everything that arrived is kept
   */
  async append(session: UploadSession, body: ByteStream): Promise<UploadSession> {
    const hash = await createSha256();
    const source = untilCut(body);
    const hashed = source.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        async transform(chunk, controller) {
          await hash.update(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    const name = crypto.randomUUID();
    const key = this.#key(session.id, name);
    const { client, placement } = this.#store;
    const { size } = await client.upload(key, hashed, { ...placement, ...UPLOAD_PARTS });
    const piece = { name, size, digest: `sha256:${await hash.hex()}` };
    const grown = size > 0 ? { ...session, pieces: [...session.pieces, piece] } : session;
    await this.#save(grown);
    if (source.cut() !== undefined) throw source.cut();
    return grown;
  }

  /** The bytes of a piece. */
  async open({ id }: UploadSession, { name }: UploadPiece): Promise<ByteStream> {
    return (await this.#store.client.get(this.#key(id, name))).body;
  }

  /** The key of a piece. */
  keyOf({ id }: UploadSession, { name }: UploadPiece): string {
    return this.#key(id, name);
  }

  /** Removes an upload, complete or not. */
  async remove({ id }: UploadSession): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.#store.client.list({ prefix: this.#key(id, "") })) {
      keys.push(key);
    }
    await this.#store.client.deleteMany(keys);
  }

  async #save({ id, repository, pieces }: UploadSession): Promise<void> {
    await this.#store.client.put(this.#key(id, SESSION), JSON.stringify({ repository, pieces }));
  }

  #key(id: string, name: string): string {
    return uploadKey(this.#store.cache, id, name);
  }
}
