/**
 * Multipart uploads in progress. An upload and each of its parts is kept as an object would be, in
 * a table of their own, so that every storage can hold them without knowing what they are.
 *
 * @module
 */
import { S3Fault } from "./errors.ts";
import type { KeptHeaders } from "./object_headers.ts";
import type { Bucket, StoredObject } from "./storage.ts";

/** The length of an upload's id. */
const ID_LENGTH = 44;

/** The header under which an upload keeps which checksum its parts must have. */
export const ALGORITHM_HEADER = "x-amz-checksum-algorithm";

/** An upload in progress. */
export interface Upload {
  readonly id: string;
  /** The key of the object that it will be. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  /** The headers of the object that it will be. */
  readonly headers: Readonly<KeptHeaders>;
}

/** A part of an upload. */
export interface Part {
  readonly number: number;
  readonly object: StoredObject;
}

// The table's keys. Ids have one length, so that a NUL in an object's key does no harm; parts are
// numbered with leading zeros, to be listed in order.
const uploadKey = (key: string, id: string) => `upload/${key}\0${id}`;
const partsPrefix = (id: string) => `part/${id}/`;
const partKey = (id: string, number: number) => partsPrefix(id) + String(number).padStart(5, "0");

/** Starts an upload. */
export async function createUpload(
  bucket: Bucket,
  key: string,
  initiated: number,
  headers: KeptHeaders,
): Promise<Upload> {
  // Uploads of one key are listed in the order of their ids, which is that of their beginnings.
  const time = initiated.toString(16).padStart(12, "0");
  const id = time + crypto.randomUUID().replaceAll("-", "");
  const record = { key: uploadKey(key, id), etag: "", lastModified: initiated, headers };
  await bucket.uploads.put(record, await bucket.copy([]));
  return { id, key, initiated, headers };
}

/**
 * An upload that must be there.
 *
 * @throws {S3Fault} NoSuchUpload
 */
export async function findUpload(bucket: Bucket, key: string, id: string): Promise<Upload> {
  const record = await bucket.uploads.get(uploadKey(key, id));
  if (!record) throw new S3Fault("NoSuchUpload", { details: { UploadId: id } });
  return toUpload(record);
}

/** Uploads by key and then by beginning, after one of them or past a prefix. */
export async function listUploads(
  bucket: Bucket,
  prefix: string,
  position: { after?: string | undefined; past?: string | undefined },
  limit: number,
): Promise<Upload[]> {
  const { after, past } = position;
  const records = await bucket.uploads.list({
    prefix: `upload/${prefix}`,
    after: after === undefined ? undefined : `upload/${after}`,
    past: past === undefined ? undefined : `upload/${past}`,
    limit,
  });
  return records.map(toUpload);
}

/** The position of an upload in the list: after it, or after all those of its key. */
export function positionAfter(key: string, id: string | undefined): string {
  return `${key}\0${id ?? "\u{10ffff}"}`;
}

function toUpload({ key, lastModified, headers }: StoredObject): Upload {
  return {
    id: key.slice(-ID_LENGTH),
    key: key.slice("upload/".length, -ID_LENGTH - 1),
    initiated: lastModified,
    headers,
  };
}

/** Keeps a part; one of the same number is replaced. */
export async function putPart(
  bucket: Bucket,
  upload: Upload,
  number: number,
  record: Omit<StoredObject, "key" | "headers">,
): Promise<void> {
  const { content, ...rest } = record;
  const key = partKey(upload.id, number);
  await bucket.uploads.put({ ...rest, key, headers: {} }, content);
}

/** The parts of an upload that come after one of them, in order. */
export async function listParts(
  bucket: Bucket,
  upload: Upload,
  after = 0,
  limit = Infinity,
): Promise<Part[]> {
  const prefix = partsPrefix(upload.id);
  const objects = await bucket.uploads.list({ prefix, after: partKey(upload.id, after), limit });
  return objects.map((object) => ({ number: Number(object.key.slice(prefix.length)), object }));
}

/** Ends an upload, and drops its parts. */
export async function removeUpload(bucket: Bucket, upload: Upload): Promise<void> {
  await bucket.uploads.delete(uploadKey(upload.key, upload.id));
  for (const { object } of await listParts(bucket, upload)) {
    await bucket.uploads.delete(object.key);
  }
}
