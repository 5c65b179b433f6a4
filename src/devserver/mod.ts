/**
 * An embedded S3, for trying out and for tests.
 *
 * @module
 */
export { createS3Server, type S3Server, type S3ServerOptions } from "./server.ts";
export type { ServerCredentials } from "./signature.ts";
export type {
  Bucket,
  BucketInfo,
  Content,
  ListRange,
  ObjectRecord,
  ObjectStorage,
  ObjectTable,
  ReplaceCheck,
  StagedContent,
  StoredObject,
} from "./storage.ts";
export type { Checksum, ChecksumAlgorithm } from "./checksum.ts";
export { createMemoryStorage } from "./storage_memory.ts";
export { createFolderStorage } from "./storage_folder.ts";
export type { RandomAccess, ReadableFile } from "../runtime/files.ts";
