/**
 * CreateMultipartUpload, UploadPart, UploadPartCopy, AbortMultipartUpload.
 *
 * @module
 */
import { receiveContent } from "./body.ts";
import { checksumAlgorithm, checksumHeaders } from "./checksum.ts";
import { contentMd5, readContent } from "./content.ts";
import { findCopySource } from "./copy.ts";
import { invalidArgument, S3Fault } from "./errors.ts";
import { encryptionHeaders, readObjectHeaders } from "./object_headers.ts";
import { parseCopyRange, type Slice } from "./ranges.ts";
import { objectKey, type S3Request } from "./request.ts";
import { type Operation, quoted, requestBucket, timeOfChange } from "./service.ts";
import type { Bucket, Content } from "./storage.ts";
import { isoTime } from "./time.ts";
import {
  ALGORITHM_HEADER,
  createUpload,
  findUpload,
  putPart,
  removeUpload,
} from "./upload_table.ts";
import { xmlResponse } from "./xml.ts";

const MAX_PARTS = 10_000;

/** CreateMultipartUpload. */
export const createMultipartUpload: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  const headers = readObjectHeaders(request.headers);
  const algorithm = readAlgorithm(request.headers);
  const kept = { ...headers, ...algorithm };
  const upload = await createUpload(bucket, key, timeOfChange(service), kept);
  return xmlResponse("InitiateMultipartUploadResult", [
    ["Bucket", bucket.info.name],
    ["Key", key],
    ["UploadId", upload.id],
  ], { ...encryptionHeaders(headers), ...algorithm });
};

function readAlgorithm(headers: Headers): Record<string, string> {
  if (headers.get("x-amz-checksum-type")?.toUpperCase() === "FULL_OBJECT") {
    throw new S3Fault("NotImplemented", { details: { Header: "x-amz-checksum-type" } });
  }
  const algorithm = headers.get(ALGORITHM_HEADER);
  return algorithm === null ? {} : { [ALGORITHM_HEADER]: checksumAlgorithm(algorithm) };
}

/** UploadPart. */
export const uploadPart: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const number = partNumber(request);
  const key = objectKey(request);
  const upload = await findUpload(bucket, key, uploadId(request));
  const received = await receiveContent(request, bucket, service.maxPutSize);
  const { md5: etag, checksum, content } = received;
  const lastModified = timeOfChange(service);
  await putPart(bucket, upload, number, {
    etag,
    lastModified,
    content,
    ...(checksum ? { checksum } : {}),
  });
  return new Response(null, {
    headers: {
      ...encryptionHeaders(upload.headers),
      ...checksumHeaders(checksum),
      etag: quoted(etag),
    },
  });
};

/** UploadPartCopy. */
export const uploadPartCopy: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const number = partNumber(request);
  const upload = await findUpload(bucket, objectKey(request), uploadId(request));
  const { object } = await findCopySource(service, request);
  const slice = parseCopyRange(
    request.headers.get("x-amz-copy-source-range"),
    object.content.size,
  );
  if (slice.end - slice.start > service.maxPutSize) {
    throw new S3Fault("InvalidRequest", {
      message: "The specified copy range is larger than the maximum allowable size for a copy " +
        `source: ${service.maxPutSize}`,
    });
  }
  const content = await copySlice(bucket, object.content, slice);
  const etag = await contentMd5(content);
  const lastModified = timeOfChange(service);
  await putPart(bucket, upload, number, { etag, lastModified, content });
  return xmlResponse("CopyPartResult", [
    ["LastModified", isoTime(lastModified)],
    ["ETag", quoted(etag)],
  ]);
};

async function copySlice(bucket: Bucket, source: Content, slice: Slice): Promise<Content> {
  if (slice.start === 0 && slice.end === source.size) return await bucket.copy([source]);
  const staged = await bucket.stage(slice.end - slice.start);
  try {
    for await (const bytes of readContent(source, slice)) await staged.write(bytes);
    return await staged.finish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** AbortMultipartUpload. */
export const abortMultipartUpload: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const upload = await findUpload(bucket, objectKey(request), uploadId(request));
  await removeUpload(bucket, upload);
  return new Response(null, { status: 204 });
};

/** The upload that a request is about. */
export function uploadId(request: S3Request): string {
  return request.query.get("uploadId") ?? "";
}

function partNumber(request: S3Request): number {
  const text = request.query.get("partNumber");
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
    "partNumber",
    text,
  );
}
