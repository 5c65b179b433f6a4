/**
 * The bytes of uploads that are not complete, in pieces. A blob is put together of them by the
 * server, which takes parts of 5 MiB and more; what is smaller is collected until it is enough.
 *
 * @module
 */
import { createHash } from "../runtime/hash.ts";
import { MIN_PART_SIZE, streamPartSize } from "../s3/part_size.ts";
import { UPLOAD_PARTS } from "./blob_writer.ts";
import { type ByteStream, concatenated, exactly, untilCut } from "./body.ts";
import { ResumableSha256 } from "./resumable_sha256.ts";
import type { Store } from "./store.ts";
import {
  offsetOf,
  pieceKey,
  sizeOf,
  type UploadHash,
  type UploadPiece,
  type UploadSession,
} from "./upload_session.ts";

/** So many pieces wait for their part before they become one: what is known of them stays short. */
const MAX_TAIL = 32;

/** What a request brings. */
export interface Chunk {
  body: ByteStream;
  /** In bytes, where the request says so. */
  length: number | undefined;
  /** Whether others may follow it. A client that sends all at once says nothing of a range. */
  isPartial: boolean;
  /** Makes the error for a body of another length. */
  failure: () => Error;
}

/** What has become of an upload. */
export interface Growth {
  session: UploadSession;
  /** Names of pieces that were written and are a part of it. */
  written: string[];
  /** Names of pieces that are a part of it no more. */
  replaced: string[];
  /** What broke the connection, if that is why there is no more. */
  cut: unknown;
}

/**
 * Writes what a request brings; if its connection breaks, what has arrived by then. The session is
 * for the caller to save.
 *
 * @param store the bucket
 * @param session an upload
 * @param chunk what the request brings
 * @returns the upload with what was written
 */
export async function append(
  store: Store,
  session: UploadSession,
  chunk: Chunk,
): Promise<Growth> {
  const { length, isPartial } = chunk;
  const unchanged: Growth = { session, written: [], replaced: [], cut: undefined };
  if (length === 0) return unchanged;
  const { id, parts, tail } = session;
  const least = streamPartSize(parts.length + 1, MIN_PART_SIZE);
  // One that certainly is not enough waits. Any other takes with it what has waited.
  const waits = length !== undefined && tail.length < MAX_TAIL && sizeOf(tail) + length < least;
  const taken = waits ? [] : tail;

  const source = untilCut(chunk.body);
  const hash = await hashOf(session, isPartial);
  const body = bodyOf({ ...chunk, body: source.body }, () => source.cut() !== undefined)
    .pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        async transform(bytes, controller) {
          await hash?.update(bytes);
          controller.enqueue(bytes);
        },
      }),
    );
  const piece = await write(store, id, [...open(store, id, taken), () => Promise.resolve(body)]);
  const [name, size] = piece;
  const written = [name];
  if (size === sizeOf(taken)) {
    await discard(store, id, written);
    return { ...unchanged, cut: source.cut() };
  }
  const pieces = waits
    ? { parts, tail: [...tail, piece] }
    : size < least
    ? { parts, tail: [piece] }
    : { parts: [...parts, piece], tail: [] };
  return {
    session: { ...session, ...pieces, hash: await hash?.end() },
    written,
    replaced: taken.map(([name]) => name),
    cut: source.cut(),
  };
}

/**
 * What a request brings, which fails if it is not as long as it says.
 *
 * @param chunk the request
 * @param isCut whether the connection broke, so that it may be shorter
 */
export function bodyOf({ body, length, failure }: Chunk, isCut?: () => boolean): ByteStream {
  return length === undefined ? body : exactly(body, length, failure, isCut);
}

/** Makes one piece of several. */
export function join(
  store: Store,
  id: string,
  pieces: readonly UploadPiece[],
): Promise<UploadPiece> {
  return write(store, id, open(store, id, pieces));
}

/** Deletes pieces that are a part of nothing. */
export async function discard(store: Store, id: string, names: readonly string[]): Promise<void> {
  await store.discard(names.map((name) => pieceKey(store, id, name)));
}

async function write(
  store: Store,
  id: string,
  bodies: (() => Promise<ByteStream>)[],
): Promise<UploadPiece> {
  // Short, as a session holds many; whoever comes too late must not write over what another wrote.
  const name = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const { client, placement } = store;
  const options = { ...placement, ...UPLOAD_PARTS };
  const { size } = await client.upload(pieceKey(store, id, name), concatenated(bodies), options);
  return [name, size];
}

/** The bytes of pieces. */
export function open(
  store: Store,
  id: string,
  pieces: readonly UploadPiece[],
): (() => Promise<ByteStream>)[] {
  return pieces.map(([name]) => async () =>
    (await store.client.get(pieceKey(store, id, name))).body
  );
}

/** A hash that is part of a session. */
interface RunningHash {
  update(bytes: Uint8Array): void | Promise<void>;
  end(): UploadHash | Promise<UploadHash>;
}

/** What hashes on; nothing if what came before can only be read again. */
async function hashOf(
  session: UploadSession,
  isPartial: boolean,
): Promise<RunningHash | undefined> {
  const { hash } = session;
  const offset = offsetOf(session);
  if (offset === 0 && !isPartial) {
    const sha256 = await createHash("SHA-256");
    return {
      update: (bytes) => sha256.update(bytes),
      end: async () => ({ digest: `sha256:${await sha256.hex()}` }),
    };
  }
  if (offset > 0 && !(hash && "state" in hash)) return undefined;
  const sha256 = new ResumableSha256(hash && "state" in hash ? hash.state : undefined, offset);
  return { update: (bytes) => sha256.update(bytes), end: () => ({ state: sha256.state }) };
}
