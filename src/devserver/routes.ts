/**
 * Which operation a request is.
 *
 * @module
 */
import {
  createBucket,
  deleteBucket,
  deleteLifecycle,
  getBucketLocation,
  getBucketVersioning,
  getLifecycle,
  headBucket,
  listBuckets,
  putLifecycle,
} from "./buckets.ts";
import { completeMultipartUpload } from "./complete.ts";
import { copyObject } from "./copy.ts";
import { deleteObjects } from "./delete_objects.ts";
import { S3Fault } from "./errors.ts";
import { listObjects, listObjectsV2 } from "./list_objects.ts";
import { listMultipartUploads, listUploadParts } from "./list_uploads.ts";
import {
  abortMultipartUpload,
  createMultipartUpload,
  uploadPart,
  uploadPartCopy,
} from "./multipart.ts";
import { deleteObject, getObject, headObject, putObject } from "./objects.ts";
import type { S3Request } from "./request.ts";
import type { Operation } from "./service.ts";

/** By method, what it is about, and the subresource or header that tells operations apart. */
const ROUTES: Record<string, Operation> = {
  "GET service": listBuckets,
  "PUT bucket": createBucket,
  "HEAD bucket": headBucket,
  "DELETE bucket": deleteBucket,
  "GET bucket": listObjects,
  "GET bucket list-type": listObjectsV2,
  "GET bucket location": getBucketLocation,
  "GET bucket versioning": getBucketVersioning,
  "GET bucket lifecycle": getLifecycle,
  "PUT bucket lifecycle": putLifecycle,
  "DELETE bucket lifecycle": deleteLifecycle,
  "GET bucket uploads": listMultipartUploads,
  "POST bucket delete": deleteObjects,
  "GET object": getObject,
  "HEAD object": headObject,
  "PUT object": putObject,
  "PUT object copy": copyObject,
  "DELETE object": deleteObject,
  "POST object uploads": createMultipartUpload,
  "POST object uploadId": completeMultipartUpload,
  "GET object uploadId": listUploadParts,
  "DELETE object uploadId": abortMultipartUpload,
  "PUT object uploadId": uploadPart,
  "PUT object uploadId copy": uploadPartCopy,
};

/** The query parameters that make another operation of a request; the rest only refine one. */
const SUBRESOURCES = [
  "accelerate",
  "acl",
  "analytics",
  "append",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "list-type",
  "location",
  "logging",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
];

/**
 * The operation of a request.
 *
 * @throws {S3Fault} NotImplemented, MethodNotAllowed
 */
export function route(request: S3Request): Operation {
  const { method, query } = request;
  const level = request.bucket === undefined
    ? "service"
    : request.key === undefined
    ? "bucket"
    : "object";
  const subresource = SUBRESOURCES.find((name) =>
    // The only version that an object has here is "null".
    query.has(name) && !(name === "versionId" && query.get(name) === "null")
  );
  const words = [method, level];
  if (subresource) words.push(subresource);
  if (method === "PUT" && request.headers.has("x-amz-copy-source")) words.push("copy");
  const operation = ROUTES[words.join(" ")];
  if (operation) return operation;
  if (subresource) {
    throw new S3Fault("NotImplemented", {
      message: `The operation ${method} ?${subresource} is not implemented`,
      details: { ResourceType: subresource.toUpperCase(), Method: method },
    });
  }
  throw new S3Fault("MethodNotAllowed", {
    details: { Method: method, ResourceType: level.toUpperCase() },
  });
}
