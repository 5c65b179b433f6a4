/**
 * OCI image layouts: a directory of blobs, and an index of the manifests among them.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { fileSize, isDirectory, readFile } from "../runtime/files.ts";
import { isObject } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import { parseJson } from "./json.ts";

/** The name of a manifest in an index: a tag. */
export const REF_NAME = "org.opencontainers.image.ref.name";
/** The name of a whole image, which containerd adds. */
export const IMAGE_NAME = "io.containerd.image.name";

const LAYOUT_FILE = "oci-layout";
const INDEX_FILE = "index.json";
/** An index holds one entry a tag; this one keeps a forged one from filling memory. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** An `index.json`. */
export interface ImageIndex {
  /** The file, for messages. */
  readonly source: string;
  /** Its bytes. */
  readonly data: Uint8Array;
  /** All that it holds, fields that OCI does not know included. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its entries as they stand there, unchecked: one that is damaged does not spoil the others. */
  readonly manifests: readonly unknown[];
}

/** The path of the file that marks a directory as an image layout. */
export function layoutPath(dir: string): string {
  return `${dir}/${LAYOUT_FILE}`;
}

/** The path of the index. */
export function indexPath(dir: string): string {
  return `${dir}/${INDEX_FILE}`;
}

/** The directory of the blobs. */
export function blobsPath(dir: string): string {
  return `${dir}/blobs/sha256`;
}

/**
 * The path of a blob.
 *
 * @param dir the layout
 * @param digest the name of the blob
 * @throws {LayoutError} if the digest is malformed, and might lead out of the directory
 */
export function blobPath(dir: string, digest: string): string {
  if (!isDigest(digest)) {
    throw new LayoutError(
      `digest ${JSON.stringify(digest)}: expected "sha256:" and 64 hexadecimal digits`,
    );
  }
  return `${blobsPath(dir)}/${digest.slice("sha256:".length)}`;
}

/**
 * Makes sure that there is a directory.
 *
 * @param dir the path that a user gave
 * @throws {LayoutError} if there is nothing, or something else
 */
export async function checkDirectory(dir: string): Promise<void> {
  if (await isDirectory(dir)) return;
  throw new LayoutError(
    await fileSize(dir) === undefined ? `${dir}: no such directory` : `${dir}: not a directory`,
  );
}

/**
 * Reads the index of a local cache. Like BuildKit, it does without `oci-layout`, which BuildKit's
 * early versions did not write.
 *
 * @param dir the layout
 * @returns the index
 * @throws {LayoutError} if the directory is not there or is not an image layout
 */
export async function openImageLayout(dir: string): Promise<ImageIndex> {
  await checkDirectory(dir);
  const index = await readIndex(dir);
  const isMarked = await isMarkedAsLayout(dir);
  if (index && (isMarked || Array.isArray(index.fields.manifests))) return index;
  throw new LayoutError(
    isMarked
      ? `${dir}: has no ${INDEX_FILE}: no build has finished writing a cache here`
      : `${dir}: not an OCI image layout, such as --cache-to type=local writes: ` +
        `it has no ${LAYOUT_FILE} and no ${INDEX_FILE} with manifests`,
  );
}

/**
 * Reads `index.json`.
 *
 * @param dir the layout
 * @returns the index, undefined if there is none
 * @throws {LayoutError} if it is not an image index
 */
export async function readIndex(dir: string): Promise<ImageIndex | undefined> {
  const data = await readFileIfAny(indexPath(dir));
  return data && parseIndex(data, indexPath(dir));
}

/**
 * Reads an image index.
 *
 * @param data the JSON; an empty file is an index without entries, as for BuildKit's writer
 * @param source the file, for messages
 * @returns the index
 * @throws {LayoutError} if it is not an image index
 */
export function parseIndex(data: Uint8Array, source: string): ImageIndex {
  const fields = data.length === 0 ? {} : parseJson(data, source);
  if (!isObject(fields)) {
    throw new LayoutError(`${source}: not an image index, which is a JSON object`);
  }
  // null is how Go prints a list that was never filled.
  const manifests = fields.manifests ?? [];
  if (!Array.isArray(manifests)) {
    throw new LayoutError(`${source}: not an image index: manifests is not an array`);
  }
  return { source, data, fields, manifests };
}

/**
 * Whether a directory has the file that marks it as an image layout.
 *
 * @param dir any directory
 * @returns false if there is no such file, or an empty one
 * @throws {LayoutError} if the layout is of a version that is not known here
 */
export async function isMarkedAsLayout(dir: string): Promise<boolean> {
  const path = layoutPath(dir);
  const data = await readFileIfAny(path);
  if (!data?.length) return false;
  const layout = parseJson(data, path);
  const version = isObject(layout) ? layout.imageLayoutVersion : undefined;
  if (typeof version === "string" && version.startsWith("1.")) return true;
  throw new LayoutError(
    `${path}: imageLayoutVersion is ${JSON.stringify(version) ?? "missing"}, expected "1.0.0"`,
  );
}

/** Reads a small file; undefined if it is not there. */
async function readFileIfAny(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const size = await fileSize(path);
  if (size === undefined) return undefined;
  if (size > MAX_INDEX_BYTES) {
    throw new LayoutError(`${path}: has ${size} bytes, the limit is ${MAX_INDEX_BYTES}`);
  }
  return await readFile(path);
}
