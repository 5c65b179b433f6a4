/**
 * The S3 client alone: everything that a script, a worker or a function needs to read and write a
 * bucket of S3 or of a compatible service, in less than 14 kB. Providers of credentials are in
 * `./credentials` and in the whole module.
 *
 * @example
 * ```ts
 * import { S3Client } from "@s3cache/s3cache/s3";
 *
 * const client = new S3Client({ bucket: "cache", region: "us-east-1" });
 * console.assert(client.region === "us-east-1");
 * ```
 *
 * @module
 */
export { IntegrityError } from "./src/digest.ts";
export type { RandomAccess } from "./src/runtime/files.ts";
export { S3Client, type S3ClientOptions } from "./src/s3/client.ts";
export type { CopyOptions } from "./src/s3/copy.ts";
export type { DeleteFailure, DeleteReport } from "./src/s3/delete.ts";
export type { DownloadOptions, Writer } from "./src/s3/download.ts";
export { S3Error, type S3ErrorDetails } from "./src/s3/errors.ts";
export type { GetOptions, GetResult } from "./src/s3/get.ts";
export type { ListOptions, ListPage } from "./src/s3/list.ts";
export type { MultipartOptions, PendingUpload } from "./src/s3/multipart.ts";
export type { WriteConditions } from "./src/s3/object_headers.ts";
export type { PutOptions } from "./src/s3/put.ts";
export type { RetryOptions } from "./src/s3/retry.ts";
export type {
  ByteRange,
  ChecksumAlgorithm,
  Credentials,
  CredentialsProvider,
  ObjectHeaders,
  ObjectInfo,
  Placement,
  RequestEvent,
  RequestKind,
  RequestOptions,
} from "./src/s3/types.ts";
export type { UploadOptions, UploadSource } from "./src/s3/upload.ts";
