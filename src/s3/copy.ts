/**
 * Copies objects on the server.
 *
 * @module
 */
import { checkPositiveInteger, forEachParallel } from "../parallel.ts";
import { encodeKey } from "./keys.ts";
import { multipart, type Part } from "./multipart.ts";
import { type WriteConditions, writeConditions, writeObjectHeaders } from "./object_headers.ts";
import { fixedPartSize } from "./part_size.ts";
import { cutRanges, rangeHeader } from "./ranges.ts";
import type { Transport } from "./transport.ts";
import type { ObjectHeaders, ObjectInfo, Placement, RequestOptions } from "./types.ts";

/** What to copy, and what the copy is to be. */
export interface CopyOptions extends ObjectHeaders, Placement, WriteConditions, RequestOptions {
  /** The bucket of the source, where it is another one of the same service. */
  sourceBucket?: string;
  /** Only if the source still has this ETag. */
  sourceIfMatch?: string;
  /**
   * `COPY` (the default) keeps the source's headers and metadata, `REPLACE` writes those that are
   * given here. An object can only be copied onto itself with `REPLACE`.
   */
  metadataDirective?: "COPY" | "REPLACE";
  /** What HEAD said of the source, if the caller has asked already. */
  source?: ObjectInfo;
  /** Bytes a part, where the object needs parts; 1 GiB by default, 5 MiB to 5 GiB. */
  partSize?: number;
  /** How many parts at once; 4 by default. */
  parallelism?: number;
}

/** What S3 copies in one request. */
export const MAX_COPY_SIZE: number = 5 * 1024 ** 3;

/** Copies what fits in one request. */
export async function copyObject(
  transport: Transport,
  source: string,
  to: string,
  options: CopyOptions,
): Promise<{ etag: string }> {
  const { metadataDirective = "COPY", sourceIfMatch, signal } = options;
  const { xml } = await transport.sendForXml({
    operation: "CopyObject",
    method: "PUT",
    key: to,
    headers: {
      "x-amz-copy-source": source,
      "x-amz-metadata-directive": metadataDirective,
      "x-amz-copy-source-if-match": sourceIfMatch,
      ...writeObjectHeaders(options),
      ...writeConditions(options),
    },
    signal,
  }, "CopyObjectResult");
  return { etag: xml.get("ETag") ?? "" };
}

/** Copies in parts; the copy has the headers that are given, or the source's. */
export async function copyParts(
  transport: Transport,
  source: string,
  to: string,
  info: ObjectInfo,
  options: CopyOptions,
): Promise<{ etag: string }> {
  const { partSize = 1024 ** 3, parallelism = 4, signal } = options;
  checkPositiveInteger("parallelism", parallelism);
  // As S3 does when it copies at once: headers and metadata come with the object or are given anew,
  // but how the copy is kept is for the copy to say.
  const { key: _key, storageClass: _class, sse: _sse, sseKmsKeyId: _kms, ...headers } = info;
  const written = options.metadataDirective === "REPLACE" ? options : { ...options, ...headers };
  const ranges = [...cutRanges(0, info.size, fixedPartSize(info.size, partSize))];
  const etag = await multipart(transport, to, written, async (upload) => {
    const parts: Part[] = [];
    await forEachParallel(ranges.entries(), parallelism, async ([index, range], partSignal) => {
      parts.push(
        await upload.copyPart(index + 1, {
          "x-amz-copy-source": source,
          "x-amz-copy-source-range": rangeHeader(range),
          // All ranges must be of one and the same object.
          "x-amz-copy-source-if-match": options.sourceIfMatch ?? info.etag,
        }, partSignal),
      );
    }, signal);
    return { parts, size: info.size };
  });
  return { etag };
}

/** The value of `x-amz-copy-source`. */
export function copySource(bucket: string, key: string): string {
  return `/${bucket}/${encodeKey(key)}`;
}
