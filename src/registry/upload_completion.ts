/**
 * The end of an upload: its pieces become a blob.
 *
 * @module
 */
import { blobKey } from "../transfer/bucket_layout.ts";
import type { Assembler } from "./assembly.ts";
import { writeBlob } from "./blob_writer.ts";
import { concatenated } from "./body.ts";
import { RegistryError } from "./errors.ts";
import type { Store } from "./store.ts";
import { append, bodyOf, type Chunk, discard, join, open } from "./upload_pieces.ts";
import { knownDigest, pieceKey, type UploadSession } from "./upload_session.ts";

/** What an upload is completed with. */
export interface CompletionContext {
  /** The bucket. */
  store: Store;
  /** Puts objects together in it. */
  assembler: Assembler;
}

/**
 * Makes a blob of an upload and of what comes last. The session stays as it is.
 *
 * @param context where to
 * @param session the upload
 * @param last what the request brings
 * @param digest of the blob
 * @throws {RegistryError} `DIGEST_INVALID`, and there is no blob, if it is of other bytes
 */
export async function complete(
  context: CompletionContext,
  session: UploadSession,
  last: Chunk,
  digest: string,
): Promise<void> {
  const { store } = context;
  const { id, parts, tail, hash } = session;
  const isHashed = hash !== undefined && (last.length === 0 || "state" in hash);
  if (!isHashed) {
    const pieces = open(store, id, [...parts, ...tail]);
    const rest = () => Promise.resolve(bodyOf(last));
    return await writeBlob(store, digest, concatenated([...pieces, rest]));
  }
  const grown = await append(store, session, last);
  try {
    if (grown.cut !== undefined) throw grown.cut;
    const actual = knownDigest(grown.session);
    if (actual !== digest) {
      throw new RegistryError("DIGEST_INVALID", `${digest}: the blob has ${actual}`);
    }
    await assemble(context, grown.session, digest);
  } finally {
    await discard(store, id, grown.written);
  }
}

/** Makes a blob of pieces that are what its digest says. */
async function assemble(
  { store, assembler }: CompletionContext,
  { id, parts, tail }: UploadSession,
  digest: string,
): Promise<void> {
  const { client, cache, placement } = store;
  const to = blobKey(cache, digest);
  const pieces = [...parts, ...tail];
  if (pieces.length === 1) {
    await client.copy(pieceKey(store, id, pieces[0]![0]), to, placement);
    return;
  }
  if (parts.length > 0) {
    // Only the last part may be small, so several small ones become one.
    const joined = tail.length > 1 ? await join(store, id, tail) : undefined;
    const sources = (joined ? [...parts, joined] : pieces)
      .map(([name, size]) => ({ key: pieceKey(store, id, name), size }));
    try {
      if (await assembler.assemble(sources, to)) return;
    } finally {
      if (joined) await discard(store, id, [joined[0]]);
    }
  }
  await writeBlob(store, digest, concatenated(open(store, id, pieces)));
}
