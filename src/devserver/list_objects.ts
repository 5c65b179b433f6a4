/**
 * ListObjectsV2 and ListObjects.
 *
 * @module
 */
import { invalidArgument } from "./errors.ts";
import { keyEncoder, makePage, type Page, type Position } from "./listing.ts";
import { storageClass } from "./object_headers.ts";
import { queryNumber, type S3Request } from "./request.ts";
import { type Operation, OWNER, quoted, requestBucket } from "./service.ts";
import type { Bucket, StoredObject } from "./storage.ts";
import { isoTime } from "./time.ts";
import { type XmlNode, xmlResponse } from "./xml.ts";

const MAX_KEYS = 1000;

/** ListObjectsV2. */
export const listObjectsV2: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const { query } = request;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const start = token === null ? { after: startAfter || undefined } : readToken(token);
  const { page, limit } = await listPage(bucket, request, start);
  const encode = keyEncoder(request);
  return xmlResponse("ListBucketResult", [
    ...describeList(request, bucket, limit, page),
    ["KeyCount", page.items.length + page.prefixes.length],
    ["StartAfter", startAfter === null ? undefined : encode(startAfter)],
    ["ContinuationToken", token ?? undefined],
    ["NextContinuationToken", page.next && writeToken(page.next)],
    ...describePage(page, encode, query.get("fetch-owner") === "true"),
  ]);
};

/** ListObjects, the first version. */
export const listObjects: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const { query } = request;
  const marker = query.get("marker") ?? "";
  const { page, limit } = await listPage(bucket, request, { after: marker || undefined });
  const encode = keyEncoder(request);
  // Without a delimiter, a client goes on after the last key of the page.
  const next = query.get("delimiter") ? page.next?.past ?? page.next?.after : undefined;
  return xmlResponse("ListBucketResult", [
    ...describeList(request, bucket, limit, page),
    ["Marker", encode(marker)],
    ["NextMarker", next === undefined ? undefined : encode(next)],
    ...describePage(page, encode, true),
  ]);
};

async function listPage(
  bucket: Bucket,
  request: S3Request,
  start: Position,
): Promise<{ page: Page<StoredObject>; limit: number }> {
  const limit = Math.min(queryNumber(request, "max-keys") ?? MAX_KEYS, MAX_KEYS);
  const prefix = request.query.get("prefix") ?? "";
  const page = await makePage<StoredObject>({
    fetch: (position, limit) => bucket.objects.list({ prefix, ...position, limit }),
    keyOf: ({ key }) => key,
    positionOf: ({ key }) => ({ after: key }),
    prefix,
    delimiter: request.query.get("delimiter") ?? "",
    start,
    limit,
  });
  return { page, limit };
}

function describeList(
  request: S3Request,
  bucket: Bucket,
  limit: number,
  page: Page<StoredObject>,
): XmlNode[] {
  const { query } = request;
  const encode = keyEncoder(request);
  const delimiter = query.get("delimiter");
  return [
    ["Name", bucket.info.name],
    ["Prefix", encode(query.get("prefix") ?? "")],
    ["Delimiter", delimiter ? encode(delimiter) : undefined],
    ["MaxKeys", limit],
    ["EncodingType", query.get("encoding-type") || undefined],
    ["IsTruncated", page.next !== undefined],
  ];
}

function describePage(
  page: Page<StoredObject>,
  encode: (key: string) => string,
  withOwner: boolean,
): XmlNode[] {
  return [
    ...page.items.map((object): XmlNode => ["Contents", [
      ["Key", encode(object.key)],
      ["LastModified", isoTime(object.lastModified)],
      ["ETag", quoted(object.etag)],
      ["ChecksumAlgorithm", object.checksum?.algorithm],
      ["Size", object.content.size],
      ["Owner", withOwner ? [["ID", OWNER.id], ["DisplayName", OWNER.name]] : undefined],
      ["StorageClass", storageClass(object)],
    ]]),
    ...page.prefixes.map((prefix): XmlNode => ["CommonPrefixes", [["Prefix", encode(prefix)]]]),
  ];
}

/** A token says where to go on, in a form that no client takes apart. */
function writeToken(position: Position): string {
  const bytes = new TextEncoder().encode(JSON.stringify(position));
  return btoa(String.fromCharCode(...bytes));
}

function readToken(token: string): Position {
  try {
    const bytes = Uint8Array.from(atob(token), (character) => character.charCodeAt(0));
    const { after, past } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof (after ?? past) === "string") return { after, past };
  } catch {
    // Not one of ours.
  }
  throw invalidArgument(
    "The continuation token provided is incorrect",
    "continuation-token",
    token,
  );
}
