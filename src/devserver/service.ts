/**
 * What every operation works with.
 *
 * @module
 */
import { S3Fault } from "./errors.ts";
import { bucketName, type S3Request } from "./request.ts";
import type { Bucket, ObjectStorage, StoredObject } from "./storage.ts";
import { wholeSeconds } from "./time.ts";

/** The server as its operations see it. */
export interface Service {
  /** Where the buckets are. */
  readonly storage: ObjectStorage;
  /** The region of all buckets. */
  readonly region: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** The least size of a part that is not the last, in bytes. */
  readonly minPartSize: number;
  /** The most that is put, uploaded as a part, or copied in one request, in bytes. */
  readonly maxPutSize: number;
  /** Whether a bucket that is not there is made when it is asked for. */
  readonly autoCreateBuckets: boolean;
  /** Multipart uploads that were completed lately, by id. */
  readonly completed: Map<string, CompletedUpload>;
}

/** A completed upload, for a client that lost the answer and asks again. */
export interface CompletedUpload {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  /** The parts as the client listed them. */
  readonly parts: string;
}

/** An operation of S3. */
export type Operation = (service: Service, request: S3Request) => Promise<Response>;

/** The owner of everything. */
export const OWNER = {
  id: "0000000000000000000000000000000000000000000000000000000000000001",
  name: "owner",
} as const;

/** The time of a change, as S3 keeps it. */
export function timeOfChange(service: Service): number {
  return wholeSeconds(service.clock());
}

/** The bucket of a request. */
export function requestBucket(service: Service, request: S3Request): Promise<Bucket> {
  return findBucket(service, bucketName(request));
}

/**
 * A bucket by name.
 *
 * @throws {S3Fault} NoSuchBucket, InvalidBucketName
 */
export async function findBucket(service: Service, name: string): Promise<Bucket> {
  checkBucketName(name);
  const bucket = await service.storage.bucket(name);
  if (bucket) return bucket;
  if (service.autoCreateBuckets) {
    return await service.storage.createBucket({ name, createdAt: timeOfChange(service) });
  }
  throw new S3Fault("NoSuchBucket", { details: { BucketName: name } });
}

/** S3's rules for names, which also make them safe as the names of directories. */
export function checkBucketName(name: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..")) return;
  throw new S3Fault("InvalidBucketName", { details: { BucketName: name } });
}

/**
 * An object that must be there.
 *
 * @throws {S3Fault} NoSuchKey
 */
export async function findObject(bucket: Bucket, key: string): Promise<StoredObject> {
  const object = await bucket.objects.get(key);
  if (!object) throw new S3Fault("NoSuchKey", { details: { Key: key } });
  return object;
}

/** An ETag as headers and XML have it. */
export function quoted(etag: string): string {
  return `"${etag}"`;
}

/** An ETag as a client sends it, with or without quotes. */
export function unquoted(etag: string): string {
  return etag.trim().replace(/^(?:W\/)?"(.*)"$/, "$1");
}
