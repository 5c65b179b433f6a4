/**
 * ListMultipartUploads and ListParts.
 *
 * @module
 */
import { checksumElements } from "./checksum.ts";
import { invalidArgument } from "./errors.ts";
import { keyEncoder, makePage, type Position } from "./listing.ts";
import { storageClass } from "./object_headers.ts";
import { uploadId } from "./multipart.ts";
import { objectKey, queryNumber } from "./request.ts";
import { type Operation, OWNER, quoted, requestBucket } from "./service.ts";
import { isoTime } from "./time.ts";
import { findUpload, listParts, listUploads, positionAfter, type Upload } from "./upload_table.ts";
import { type XmlNode, xmlResponse } from "./xml.ts";

const MAX_UPLOADS = 1000;
const MAX_PARTS = 1000;

const PEOPLE: XmlNode[] = [
  ["Initiator", [["ID", OWNER.id], ["DisplayName", OWNER.name]]],
  ["Owner", [["ID", OWNER.id], ["DisplayName", OWNER.name]]],
];

/** ListMultipartUploads. */
export const listMultipartUploads: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const { query } = request;
  const encode = keyEncoder(request);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = query.get("upload-id-marker") ?? "";
  const limit = Math.min(queryNumber(request, "max-uploads") ?? MAX_UPLOADS, MAX_UPLOADS);
  if (idMarker && !keyMarker) {
    throw invalidArgument(
      "A upload-id marker cannot be specified without a key marker.",
      "upload-id-marker",
      idMarker,
    );
  }
  const page = await makePage<Upload>({
    fetch: (position, limit) => listUploads(bucket, prefix, position, limit),
    keyOf: ({ key }) => key,
    positionOf: ({ key, id }) => ({ after: positionAfter(key, id) }),
    prefix,
    delimiter,
    start: startOf(keyMarker, idMarker, delimiter),
    limit,
  });
  const last = page.items.at(-1);
  const [nextKey, nextId] = page.next === undefined
    ? []
    : page.next.past !== undefined
    ? [page.next.past]
    : [last!.key, last!.id];
  return xmlResponse("ListMultipartUploadsResult", [
    ["Bucket", bucket.info.name],
    ["KeyMarker", encode(keyMarker)],
    ["UploadIdMarker", idMarker],
    ["NextKeyMarker", nextKey === undefined ? undefined : encode(nextKey)],
    ["NextUploadIdMarker", nextId],
    ["Prefix", encode(prefix)],
    ["Delimiter", delimiter ? encode(delimiter) : undefined],
    ["EncodingType", query.get("encoding-type") || undefined],
    ["MaxUploads", limit],
    ["IsTruncated", page.next !== undefined],
    ...page.items.map((upload): XmlNode => ["Upload", [
      ["Key", encode(upload.key)],
      ["UploadId", upload.id],
      ...PEOPLE,
      ["StorageClass", storageClass(upload)],
      ["Initiated", isoTime(upload.initiated)],
    ]]),
    ...page.prefixes.map((common): XmlNode => ["CommonPrefixes", [["Prefix", encode(common)]]]),
  ]);
};

/** A marker is a key, with or without one of its uploads, or a common prefix. */
function startOf(key: string, id: string, delimiter: string): Position {
  if (key === "") return {};
  if (delimiter !== "" && key.endsWith(delimiter) && id === "") return { past: key };
  return { after: positionAfter(key, id || undefined) };
}

/** ListParts. */
export const listUploadParts: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  const upload = await findUpload(bucket, key, uploadId(request));
  const marker = queryNumber(request, "part-number-marker") ?? 0;
  const limit = Math.min(queryNumber(request, "max-parts") ?? MAX_PARTS, MAX_PARTS);
  const parts = await listParts(bucket, upload, marker, limit + 1);
  const page = parts.slice(0, limit);
  return xmlResponse("ListPartsResult", [
    ["Bucket", bucket.info.name],
    ["Key", keyEncoder(request)(key)],
    ["UploadId", upload.id],
    ...PEOPLE,
    ["StorageClass", storageClass(upload)],
    ["PartNumberMarker", marker],
    ["NextPartNumberMarker", page.at(-1)?.number ?? 0],
    ["MaxParts", limit],
    ["IsTruncated", limit > 0 && parts.length > limit],
    ...page.map(({ number, object }): XmlNode => ["Part", [
      ["PartNumber", number],
      ["LastModified", isoTime(object.lastModified)],
      ["ETag", quoted(object.etag)],
      ["Size", object.content.size],
      ...checksumElements(object.checksum),
    ]]),
  ]);
};
