/**
 * PutObject, GetObject, HeadObject, DeleteObject.
 *
 * @module
 */
import { receiveContent } from "./body.ts";
import { checksumHeaders } from "./checksum.ts";
import { checkRead, writeCheck } from "./conditions.ts";
import { contentBody } from "./content.ts";
import { invalidArgument, S3Fault } from "./errors.ts";
import {
  checkReadable,
  describeObject,
  encryptionHeaders,
  readObjectHeaders,
} from "./object_headers.ts";
import { parseRange, type Slice } from "./ranges.ts";
import { objectKey, queryNumber, type S3Request } from "./request.ts";
import { findObject, type Operation, quoted, requestBucket, timeOfChange } from "./service.ts";
import type { StoredObject } from "./storage.ts";

/** PutObject. */
export const putObject: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  const headers = readObjectHeaders(request.headers);
  const check = writeCheck(request.headers, key);
  // Refused before the body has come, if it can be; the check that counts is made when it is there.
  check(await bucket.objects.get(key));
  const { md5, checksum, content } = await receiveContent(request, bucket, service.maxPutSize);
  const lastModified = timeOfChange(service);
  const record = { key, etag: md5, lastModified, headers, ...(checksum ? { checksum } : {}) };
  await bucket.objects.put(record, content, check);
  return new Response(null, {
    headers: {
      ...encryptionHeaders(headers),
      ...checksumHeaders(checksum),
      etag: quoted(md5),
    },
  });
};

/** The query parameters by which a client overrides headers of the answer. */
const OVERRIDES = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** GetObject. */
export const getObject: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const object = await findObject(bucket, objectKey(request));
  checkRead(request.headers, object);
  checkReadable(object);
  const { status, headers, slice } = describeAnswer(request, object);
  const body = await contentBody(object.content, slice);
  return new Response(body, { status, headers });
};

/** HeadObject. */
export const headObject: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const object = await findObject(bucket, objectKey(request));
  checkRead(request.headers, object);
  const { status, headers } = describeAnswer(request, object);
  return new Response(null, { status, headers });
};

function describeAnswer(request: S3Request, object: StoredObject) {
  const { size } = object.content;
  const part = partSlice(request, object);
  const slice = part ?? parseRange(request.headers.get("range"), size);
  const { start, end } = slice ?? { start: 0, end: size };
  const withChecksum = request.headers.get("x-amz-checksum-mode")?.toUpperCase() === "ENABLED" &&
    slice === undefined;
  const headers = describeObject(object, withChecksum);
  headers["content-length"] = String(end - start);
  if (slice) headers["content-range"] = `bytes ${start}-${end - 1}/${size}`;
  if (part) headers["x-amz-mp-parts-count"] = String(object.partSizes?.length ?? 1);
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`);
    if (value !== null) headers[name] = value;
  }
  return { status: slice ? 206 : 200, headers, slice: { start, end } };
}

/** The bytes of one part, for a client that asks by part number. */
function partSlice(request: S3Request, object: StoredObject): Slice | undefined {
  const number = queryNumber(request, "partNumber");
  if (number === undefined) return undefined;
  if (request.headers.has("range")) {
    throw new S3Fault("InvalidRequest", {
      message: "Cannot specify both Range header and partNumber query parameter",
    });
  }
  if (number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      String(number),
    );
  }
  const sizes = object.partSizes ?? [object.content.size];
  const size = sizes[number - 1];
  if (size === undefined) {
    throw new S3Fault("InvalidPartNumber", {
      details: { PartNumberRequested: number, ActualPartCount: sizes.length },
    });
  }
  const start = sizes.slice(0, number - 1).reduce((sum, part) => sum + part, 0);
  return { start, end: start + size };
}

/** DeleteObject: that there was nothing to delete is not an error. */
export const deleteObject: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  await bucket.objects.delete(key, writeCheck(request.headers, key));
  return new Response(null, { status: 204 });
};
