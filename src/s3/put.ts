/**
 * Writes an object in one request.
 *
 * @module
 */
import { checksum, checksumHeader } from "./checksum.ts";
import { type WriteConditions, writeConditions, writeObjectHeaders } from "./object_headers.ts";
import type { Transport } from "./transport.ts";
import type { ChecksumAlgorithm, ObjectHeaders, Placement, RequestOptions } from "./types.ts";

/** How to write an object. */
export interface PutOptions extends ObjectHeaders, Placement, WriteConditions, RequestOptions {
  /** SHA-256 of the body in hexadecimal, where it is known; S3 refuses other bytes. */
  sha256?: string;
  /** A checksum that S3 verifies and keeps; buckets with object lock want one. */
  checksum?: ChecksumAlgorithm;
}

/** See {@linkcode S3Client.put}. */
export async function putObject(
  transport: Transport,
  key: string,
  content: Uint8Array<ArrayBuffer> | string | Blob,
  options: PutOptions,
): Promise<{ etag: string }> {
  const { sha256, checksum: algorithm, signal } = options;
  const body = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content instanceof Blob
    ? new Uint8Array(await content.arrayBuffer())
    : content;
  const headers = await transport.sendForHeaders({
    operation: "PutObject",
    method: "PUT",
    key,
    headers: {
      ...writeObjectHeaders(options),
      ...writeConditions(options),
      ...(algorithm ? { [checksumHeader(algorithm)]: await checksum(algorithm, body) } : {}),
    },
    body,
    sha256,
    signal,
  });
  return { etag: headers.get("etag") ?? "" };
}
