/**
 * The types that the S3 client's callers meet.
 *
 * @module
 */

export type { Credentials, CredentialsProvider } from "../secret_credentials.ts";

/** How S3's side keeps an object; what is left out is the bucket's default. */
export interface Placement {
  /** Such as `STANDARD_IA` or `INTELLIGENT_TIERING`. */
  storageClass?: string;
  /** A canned ACL, such as `bucket-owner-full-control`. */
  acl?: string;
  /** Server-side encryption: `AES256`, `aws:kms` or `aws:kms:dsse`. */
  sse?: string;
  /** The KMS key for `aws:kms`. */
  sseKmsKeyId?: string;
}

/** What an object says of itself beside its bytes. */
export interface ObjectHeaders {
  /** `Content-Type`. */
  contentType?: string;
  /** `Content-Encoding`. */
  contentEncoding?: string;
  /** `Content-Disposition`. */
  contentDisposition?: string;
  /** `Content-Language`. */
  contentLanguage?: string;
  /** `Cache-Control`. */
  cacheControl?: string;
  /** `x-amz-meta-*`, names in lower case without that prefix. */
  metadata?: Record<string, string>;
}

/** What S3 says of an object. A listing gives only the fields that are always there. */
export interface ObjectInfo extends ObjectHeaders, Omit<Placement, "acl"> {
  /** The object's key. */
  key: string;
  /** In bytes, of the whole object. */
  size: number;
  /** When it was last written, to the second. */
  lastModified: Date;
  /** With its quotes, as `If-Match` takes it. */
  etag: string;
}

/** Options that every call has. */
export interface RequestOptions {
  /** Ends the call with the signal's reason; what it began on the server is cleaned up. */
  signal?: AbortSignal;
}

/** Bytes of an object, both ends included, as HTTP counts them. */
export interface ByteRange {
  /** First byte; 0 if left out. */
  start?: number;
  /** Last byte; the object's end if left out. */
  end?: number;
}

/** The kinds of requests that are counted; S3 bills by them. */
export type RequestKind = "GET" | "HEAD" | "PUT" | "POST" | "LIST" | "COPY" | "DELETE";

/** One attempt of a request, for logs and counters. */
export interface RequestEvent {
  /** The S3 operation, such as `PutObject`. */
  operation: string;
  /** What it is billed as. */
  kind: RequestKind;
  /** The object's key, where the request is about one. */
  key?: string | undefined;
  /** 1 for the first. */
  attempt: number;
}

/** A checksum that S3 verifies and keeps. */
export type ChecksumAlgorithm = "SHA256" | "CRC32C";
