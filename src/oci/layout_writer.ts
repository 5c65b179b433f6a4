/**
 * Writes an image layout so that whoever reads it, at any moment and after any crash, finds only
 * what is complete: blobs first, each in one step, then the index.
 *
 * @module
 */
import { digestOf } from "../digest.ts";
import {
  createAtomicFile,
  removeTemporaries,
  replaceFileIfUnchanged,
  syncDirectory,
  writeFileAtomic,
} from "../runtime/atomic_file.ts";
import { fileSize, makeDirectory } from "../runtime/files.ts";
import { sleep as defaultSleep } from "../sleep.ts";
import { type BlobWriter, createBlobWriter, isIntactBlob } from "./blob_file.ts";
import type { Descriptor } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import { withManifest } from "./index_entries.ts";
import { lockIndex } from "./index_lock.ts";
import {
  blobPath,
  blobsPath,
  indexPath,
  isMarkedAsLayout,
  layoutPath,
  readIndex,
} from "./layout.ts";

/** As BuildKit writes it. */
const LAYOUT = '{"imageLayoutVersion":"1.0.0"}';
/** A file that nobody wrote to for so long belongs to a process that was killed. */
const STALE_MS = 24 * 60 * 60 * 1000;
const INDEX_ATTEMPTS = 100;

/** How to wait, and until when. */
export interface LayoutWriterOptions {
  /** Ends waiting for the lock of the index. */
  signal?: AbortSignal;
  /** Milliseconds since 1970; `Date.now` by default. */
  clock?: () => number;
  /** Waits; `setTimeout` by default. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Opens a directory to write a local cache into; it is made if it is not there. What is in it
 * stays, but for what processes that were killed a day ago left half-written.
 *
 * @param dir an image layout, or a directory that will be one
 * @param options `signal`, `clock`, `sleep`
 * @returns a writer, which holds nothing open
 * @throws {LayoutError} if the path is not a directory, cannot be written to, or holds an
 * `index.json` that is not an image index
 */
export async function openLayoutWriter(
  dir: string,
  options: LayoutWriterOptions = {},
): Promise<LayoutWriter> {
  if (await fileSize(dir) !== undefined) throw new LayoutError(`${dir}: not a directory`);
  await isMarkedAsLayout(dir);
  await readIndex(dir);
  try {
    await makeDirectory(blobsPath(dir));
    // Both places are tried now: a download of gigabytes is no time to find out.
    for (const place of [dir, blobsPath(dir)]) {
      await (await createAtomicFile(`${place}/probe`)).discard();
    }
  } catch (error) {
    throw new LayoutError(`${dir}: cannot be written to: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const stale = new Date((options.clock ?? Date.now)() - STALE_MS);
  await removeTemporaries(dir, stale);
  await removeTemporaries(blobsPath(dir), stale);
  return new LayoutWriter(dir, options);
}

/** Writes blobs and tags into one directory; made by {@linkcode openLayoutWriter}. */
export class LayoutWriter {
  /** The directory. */
  readonly dir: string;
  readonly #options: LayoutWriterOptions;

  /** Used by {@linkcode openLayoutWriter}. */
  constructor(dir: string, options: LayoutWriterOptions) {
    this.dir = dir;
    this.#options = options;
  }

  /**
   * Whether a blob is there, whole and undamaged. It is read and hashed: the disk is faster than
   * any download, and an import into a damaged directory so repairs it, which nothing else does.
   *
   * @param digest the name of the blob
   * @param size in bytes
   * @param options `signal`
   * @returns false if it has to be written, over what may be there
   */
  async hasBlob(
    digest: string,
    size: number,
    options: { signal?: AbortSignal } = {},
  ): Promise<boolean> {
    return await isIntactBlob(blobPath(this.dir, digest), digest, size, options.signal);
  }

  /**
   * Starts a blob. It appears when it is committed, if its bytes are what they should be; until
   * then, and after `discard`, there is nothing.
   *
   * @param digest the name of the blob
   * @param size in bytes
   * @param source where the bytes come from, for messages
   * @returns a writer to feed in order; `discard` it in the end, committed or not
   */
  async createBlob(digest: string, size: number, source?: string): Promise<BlobWriter> {
    return await createBlobWriter(blobPath(this.dir, digest), digest, size, source);
  }

  /**
   * Writes a blob that is in memory, unless it is there.
   *
   * @param bytes all of it
   * @returns its name and size
   */
  async putBlob(bytes: Uint8Array): Promise<{ digest: string; size: number }> {
    const digest = await digestOf(bytes);
    const size = bytes.length;
    if (!await this.hasBlob(digest, size)) await writeFileAtomic(blobPath(this.dir, digest), bytes);
    return { digest, size };
  }

  /**
   * Gives a manifest a tag. Other tags stay, also those that somebody else writes at the same
   * moment.
   *
   * @param tag a name, such as `latest`
   * @param descriptor of the manifest, whose blobs have been written
   * @throws {LayoutError} if `index.json` is not an image index, or is kept locked
   */
  async setTag(tag: string, descriptor: Descriptor): Promise<void> {
    if (tag === "") throw new LayoutError(`${this.dir}: the tag is empty, expected a name`);
    // The names of the blobs must be on disk before an index that refers to them.
    await syncDirectory(blobsPath(this.dir));
    const { sleep = defaultSleep, signal } = this.#options;
    if (!await isMarkedAsLayout(this.dir)) {
      await writeFileAtomic(layoutPath(this.dir), new TextEncoder().encode(LAYOUT));
    }
    const lock = await lockIndex(indexPath(this.dir), sleep, signal);
    try {
      await this.#replaceIndex(tag, descriptor);
    } finally {
      await lock?.release();
    }
  }

  async #replaceIndex(tag: string, descriptor: Descriptor): Promise<void> {
    const path = indexPath(this.dir);
    // The lock keeps out who takes it, the comparison notices who does not.
    for (let attempt = 0; attempt < INDEX_ATTEMPTS; attempt++) {
      const index = await readIndex(this.dir);
      const changed = new TextEncoder().encode(withManifest(index, tag, descriptor));
      if (await replaceFileIfUnchanged(path, index?.data, changed)) return;
    }
    throw new LayoutError(
      `${path}: was changed by others ${INDEX_ATTEMPTS} times, tag not written`,
    );
  }
}
