/**
 * The headers that are kept with an object and come back with it.
 *
 * @module
 */
import { checksumHeaders } from "./checksum.ts";
import { invalidArgument, S3Fault } from "./errors.ts";
import { quoted } from "./service.ts";
import type { ObjectRecord } from "./storage.ts";
import { httpTime } from "./time.ts";

/** The limit for all metadata of an object, in bytes. */
const MAX_METADATA = 2048;

const METADATA_PREFIX = "x-amz-meta-";

const DESCRIPTIVE = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
];

const PLACEMENT = [
  "x-amz-storage-class",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
];

const ENCRYPTIONS = ["AES256", "aws:kms", "aws:kms:dsse"];

const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
];

const ACLS = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
];

/** Headers that would change what is stored in ways that this server does not have. */
const UNSUPPORTED =
  /^x-amz-(tagging|website-redirect-location|object-lock-.*|grant-.*|write-offset-bytes|(copy-source-)?server-side-encryption-(customer-.*|context))$/;

/** Headers as they are kept. */
export type KeptHeaders = Record<string, string>;

/**
 * What a request says of the object that it writes.
 *
 * @throws {S3Fault} if a value is not one of S3's, or asks for what this server does not have
 */
export function readObjectHeaders(headers: Headers): KeptHeaders {
  return { ...readDescription(headers), ...readPlacement(headers) };
}

/** What describes an object, and is copied with it: its type, and the user's metadata. */
export function readDescription(headers: Headers): KeptHeaders {
  const description: KeptHeaders = {};
  let metadataSize = 0;
  for (const [name, value] of headers) {
    if (name.startsWith(METADATA_PREFIX)) {
      metadataSize += byteLength(name.slice(METADATA_PREFIX.length)) + byteLength(value);
    } else if (!DESCRIPTIVE.includes(name)) {
      continue;
    }
    description[name] = value;
  }
  if (metadataSize > MAX_METADATA) {
    throw new S3Fault("MetadataTooLarge", {
      details: { Size: metadataSize, MaxSizeAllowed: MAX_METADATA },
    });
  }
  return description;
}

/** How an object is kept, which a copy does not take over: storage class and encryption. */
export function readPlacement(headers: Headers): KeptHeaders {
  refuseUnsupported(headers);
  const storageClass = headers.get("x-amz-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Fault("InvalidStorageClass", { details: { StorageClassRequested: storageClass } });
  }
  const encryption = headers.get("x-amz-server-side-encryption");
  if (encryption !== null && !ENCRYPTIONS.includes(encryption)) {
    throw new S3Fault("InvalidEncryptionAlgorithmError", {
      details: { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: encryption },
    });
  }
  const placement: KeptHeaders = {};
  for (const name of PLACEMENT) {
    const value = headers.get(name);
    if (value !== null) placement[name] = value;
  }
  if (storageClass === "STANDARD") delete placement["x-amz-storage-class"];
  return placement;
}

function refuseUnsupported(headers: Headers): void {
  for (const name of headers.keys()) {
    if (UNSUPPORTED.test(name)) throw new S3Fault("NotImplemented", { details: { Header: name } });
  }
  const acl = headers.get("x-amz-acl");
  if (acl !== null && !ACLS.includes(acl)) {
    throw invalidArgument("Unknown canned ACL", "x-amz-acl", acl);
  }
}

/** The storage class of an object. */
export function storageClass(object: Pick<ObjectRecord, "headers">): string {
  return object.headers["x-amz-storage-class"] ?? "STANDARD";
}

/**
 * Refuses to read an archived object.
 *
 * @throws {S3Fault} InvalidObjectState
 */
export function checkReadable(object: ObjectRecord): void {
  const name = storageClass(object);
  if (name !== "GLACIER" && name !== "DEEP_ARCHIVE") return;
  throw new S3Fault("InvalidObjectState", { details: { StorageClass: name, Key: object.key } });
}

/** How an object is encrypted, which every answer about it says. */
export function encryptionHeaders(headers: Readonly<KeptHeaders>): KeptHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("x-amz-server-side-encryption")),
  );
}

/** The headers of an answer to GET or HEAD. */
export function describeObject(object: ObjectRecord, withChecksum: boolean): KeptHeaders {
  const { checksum } = object;
  return {
    "content-type": "binary/octet-stream",
    ...object.headers,
    "accept-ranges": "bytes",
    etag: quoted(object.etag),
    "last-modified": httpTime(object.lastModified),
    ...(checksum && withChecksum
      ? {
        ...checksumHeaders(checksum),
        "x-amz-checksum-type": checksum.value.includes("-") ? "COMPOSITE" : "FULL_OBJECT",
      }
      : {}),
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
