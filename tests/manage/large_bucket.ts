/**
 * A bucket of any size for the embedded S3. Its objects are made when they are asked for, so that
 * what memory is used is the client's.
 */
import {
  createMemoryStorage,
  type ObjectStorage,
  type ObjectTable,
} from "../../src/devserver/mod.ts";
import type { ListRange, StoredObject } from "../../src/devserver/mod.ts";

/** How large the bucket is. */
export interface LargeBucket {
  /** Blobs; each tenth is in no manifest. */
  blobs: number;
  /** Manifests, which share the other blobs among them. */
  manifests: number;
  /** When everything was written. */
  lastModified: number;
}

/** Bytes of each blob, as far as anybody can tell. */
export const BLOB_BYTES = 1_000_000;

/** A storage with one bucket, named `cache`. */
export async function largeStorage(size: LargeBucket): Promise<ObjectStorage> {
  const memory = createMemoryStorage();
  const bucket = await memory.createBucket({ name: "cache", createdAt: size.lastModified });
  const objects = largeTable(size, bucket.objects);
  const large = {
    info: bucket.info,
    objects,
    uploads: bucket.uploads,
    update: (info: typeof bucket.info) => bucket.update(info),
    stage: (bytes?: number) => bucket.stage(bytes),
    copy: (contents: Parameters<typeof bucket.copy>[0]) => bucket.copy(contents),
  };
  return { ...memory, bucket: () => Promise.resolve(large) };
}

/** The digest of a blob: in the order of their numbers, evenly spread. */
export function digestAt(index: number, { blobs }: LargeBucket): string {
  const start = Math.floor(index / blobs * 2 ** 48).toString(16).padStart(12, "0");
  return `sha256:${start}${index.toString(16).padStart(52, "0")}`;
}

function largeTable(size: LargeBucket, others: ObjectTable): ObjectTable {
  const { blobs, manifests, lastModified } = size;
  const deleted = new Uint8Array(blobs + manifests);
  const manifestBytes = Array.from({ length: manifests }, (_, i) => manifestAt(i, size).length);
  // In the order of keys: blobs, then manifests.
  const keyAt = (index: number) =>
    index < blobs
      ? `blobs/${digestAt(index, size)}`
      : `manifests/${String(index - blobs).padStart(6, "0")}`;
  const indexFrom = (isReached: (key: string) => boolean) => {
    let low = 0;
    let high = blobs + manifests;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isReached(keyAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const objectAt = (index: number): StoredObject => ({
    key: keyAt(index),
    etag: index.toString(16).padStart(32, "0"),
    lastModified,
    headers: {},
    content: index < blobs ? contentOf(BLOB_BYTES, () => new Uint8Array(BLOB_BYTES)) : contentOf(
      manifestBytes[index - blobs]!,
      () => new TextEncoder().encode(manifestAt(index - blobs, size)),
    ),
  });
  const find = (key: string) => {
    const index = indexFrom((other) => other >= key);
    return index < deleted.length && keyAt(index) === key ? index : -1;
  };
  return {
    async get(key) {
      const index = find(key);
      if (index < 0) return await others.get(key);
      return deleted[index] ? undefined : objectAt(index);
    },
    put: (record, content, check) => others.put(record, content, check),
    async delete(key, check) {
      const index = find(key);
      if (index < 0) await others.delete(key, check);
      else deleted[index] = 1;
    },
    async list(range: ListRange) {
      const { prefix, after, past, limit } = range;
      // What s3cache adds comes before everything that is made here.
      const found = await others.list(range);
      let index = indexFrom((key) =>
        key >= prefix && (after === undefined || key > after) &&
        (past === undefined || key > past && !key.startsWith(past))
      );
      for (; index < deleted.length && found.length < limit; index++) {
        if (!keyAt(index).startsWith(prefix)) break;
        if (!deleted[index]) found.push(objectAt(index));
      }
      return found;
    },
  };
}

/** A manifest: every so-maniest blob, without each tenth. */
function manifestAt(index: number, size: LargeBucket): string {
  const layers: string[] = [];
  const records: string[] = [];
  for (let blob = index; blob < size.blobs; blob += size.manifests) {
    if (blob % 10 === 9) continue;
    const digest = digestAt(blob, size);
    records.push(
      `{"layers":[{"layer":${layers.length},"createdAt":"2026-01-01T00:00:00Z"}],"digest":"${digest}"}`,
    );
    layers.push(
      `{"blob":"${digest}","parent":-1,"annotations":{"mediaType":` +
        `"application/vnd.oci.image.layer.v1.tar+gzip","diffID":"${digest}","size":${BLOB_BYTES},` +
        '"createdAt":"2026-01-01T00:00:00Z"}}',
    );
  }
  return `{"layers":[${layers}],"records":[${records}]}`;
}

function contentOf(size: number, make: () => Uint8Array<ArrayBuffer>): StoredObject["content"] {
  return {
    size,
    open: () => {
      const bytes = make();
      return Promise.resolve({
        size,
        read: (offset: number, length: number) =>
          Promise.resolve(bytes.slice(offset, offset + length)),
        close: () => Promise.resolve(),
      });
    },
  };
}
