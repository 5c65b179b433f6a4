/**
 * Multipart uploads: the calls that S3 has for them, and the one pattern that all of ours follow.
 *
 * @module
 */
import { checksum, checksumHeader } from "./checksum.ts";
import { S3Error } from "./errors.ts";
import { headObject } from "./head.ts";
import { listXml } from "./list.ts";
import { type WriteConditions, writeConditions, writeObjectHeaders } from "./object_headers.ts";
import type { Transport } from "./transport.ts";
import type { ChecksumAlgorithm, ObjectHeaders, Placement, RequestOptions } from "./types.ts";
import { xmlElement } from "./xml.ts";

/** How long the server may take to forget an upload that failed, in milliseconds. */
const ABORT_TIMEOUT_MS = 30_000;

/** How long the answer that names an upload is waited for after the caller has aborted. */
const CREATE_GRACE_MS = 5_000;

/** S3 dates an object when its upload was begun; the clocks of its hosts may differ by this. */
const CLOCKS_APART_MS = 10_000;

/** A part that S3 has. */
export interface Part {
  /** From 1. */
  number: number;
  etag: string;
  /** Base64, if the upload has checksums. */
  checksum?: { algorithm: ChecksumAlgorithm; value: string };
}

/** How the object will be written. */
export interface MultipartOptions
  extends ObjectHeaders, Placement, WriteConditions, RequestOptions {
  /** A checksum that S3 verifies for each part and keeps. */
  checksum?: ChecksumAlgorithm;
}

/** An upload that has begun. */
export interface MultipartUpload {
  /** Sends a part. */
  uploadPart(number: number, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Part>;
  /** Lets the server make a part from an object that it has; `headers` name source and range. */
  copyPart(number: number, headers: Record<string, string>, signal: AbortSignal): Promise<Part>;
}

/** What an upload's parts came to. */
export interface MultipartParts {
  parts: Part[];
  /** In bytes; checked where the answer to the completion got lost. */
  size: number;
}

/**
 * Makes an object of parts: begins an upload, lets `work` send the parts, completes it. Whatever
 * fails or aborts on the way, the upload is aborted on the server, so that its parts are not stored,
 * unseen and paid for.
 *
 * @returns the ETag of the object
 */
export async function multipart(
  transport: Transport,
  key: string,
  options: MultipartOptions,
  work: (upload: MultipartUpload) => Promise<MultipartParts>,
): Promise<string> {
  const { signal, checksum: algorithm } = options;
  const { uploadId, begun } = await create(transport, key, options);
  try {
    signal?.throwIfAborted();
    const result = await work(parts(transport, key, uploadId, algorithm));
    return await complete(transport, key, uploadId, { ...result, begun }, options);
  } catch (error) {
    // The caller's signal may be what ended it: the clean-up has one of its own.
    await abortUpload(transport, key, uploadId, { signal: AbortSignal.timeout(ABORT_TIMEOUT_MS) })
      .catch(() => {});
    throw error;
  }
}

async function create(
  transport: Transport,
  key: string,
  options: MultipartOptions,
): Promise<{ uploadId: string; begun: number }> {
  const { signal } = options;
  signal?.throwIfAborted();
  // An upload can only be aborted by its name: to stop before that is known would leave it behind.
  const late = new AbortController();
  const onAbort = () =>
    AbortSignal.timeout(CREATE_GRACE_MS).addEventListener(
      "abort",
      () => late.abort(signal?.reason),
    );
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const { xml, headers } = await transport.sendForXml(
      {
        operation: "CreateMultipartUpload",
        method: "POST",
        key,
        query: { uploads: "" },
        headers: {
          ...writeObjectHeaders(options),
          "x-amz-checksum-algorithm": options.checksum,
        },
        signal: late.signal,
        // "…Result" on S3; rclone leaves that out.
      },
      "InitiateMultipartUpload",
      (xml) => xml.get("UploadId") ? undefined : "UploadId",
    );
    return { uploadId: xml.get("UploadId")!, begun: Date.parse(headers.get("date") ?? "") };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function parts(
  transport: Transport,
  key: string,
  uploadId: string,
  algorithm: ChecksumAlgorithm | undefined,
): MultipartUpload {
  const part = (number: number, etag: string | null | undefined, value: string | undefined) => ({
    number,
    etag: etag ?? "",
    checksum: algorithm && value ? { algorithm, value } : undefined,
  });
  return {
    async uploadPart(number, body, signal) {
      const value = algorithm && await checksum(algorithm, body);
      const headers = await transport.sendForHeaders({
        operation: "UploadPart",
        method: "PUT",
        key,
        query: { partNumber: String(number), uploadId },
        headers: algorithm && { [checksumHeader(algorithm)]: value },
        body,
        signal,
      });
      return part(number, headers.get("etag"), value);
    },
    async copyPart(number, headers, signal) {
      const { xml } = await transport.sendForXml({
        operation: "UploadPartCopy",
        method: "PUT",
        key,
        query: { partNumber: String(number), uploadId },
        headers,
        signal,
      }, "CopyPartResult");
      return part(number, xml.get("ETag"), algorithm && xml.get(`Checksum${algorithm}`));
    },
  };
}

/**
 * Completes an upload. Where S3 no longer knows it at the second attempt, or has an object there
 * already, the first attempt may have completed it, and only its answer got lost.
 */
async function complete(
  transport: Transport,
  key: string,
  uploadId: string,
  { parts, size, begun }: MultipartParts & { begun: number },
  options: MultipartOptions,
): Promise<string> {
  const sorted = parts.toSorted((a, b) => a.number - b.number);
  try {
    const { xml } = await transport.sendForXml({
      operation: "CompleteMultipartUpload",
      method: "POST",
      key,
      query: { uploadId },
      headers: { "content-type": "application/xml", ...writeConditions(options) },
      body: `<CompleteMultipartUpload>${sorted.map(writePart).join("")}</CompleteMultipartUpload>`,
      signal: options.signal,
    }, "CompleteMultipartUploadResult");
    return xml.get("ETag") ?? "";
  } catch (error) {
    if (!(error instanceof S3Error) || error.attempts < 2) throw error;
    if (error.code !== "NoSuchUpload" && error.status !== 412) throw error;
    const info = await headObject(transport, key, options).catch(() => undefined);
    // The object is of this upload if it is new, and has the shape that this upload gives it.
    const ours = info?.size === size && /-(\d+)"?$/.exec(info.etag)?.[1] === `${sorted.length}` &&
      !(info.lastModified.getTime() < begun - CLOCKS_APART_MS);
    if (!ours) throw error;
    return info.etag;
  }
}

function writePart({ number, etag, checksum }: Part): string {
  return "<Part>" + xmlElement("PartNumber", number) + xmlElement("ETag", etag) +
    (checksum ? xmlElement(`Checksum${checksum.algorithm}`, checksum.value) : "") + "</Part>";
}

/** See {@linkcode S3Client.abortMultipartUpload}. */
export async function abortUpload(
  transport: Transport,
  key: string,
  uploadId: string,
  { signal }: RequestOptions,
): Promise<void> {
  await transport.sendForHeaders({
    operation: "AbortMultipartUpload",
    method: "DELETE",
    key,
    query: { uploadId },
    signal,
  });
}

/** An upload that was begun and neither completed nor aborted. */
export interface PendingUpload {
  /** The key that the object would have. */
  key: string;
  /** What names the upload beside the key. */
  uploadId: string;
  /** When it was begun. */
  initiated: Date;
}

/** See {@linkcode S3Client.listMultipartUploads}. */
export async function* listUploads(
  transport: Transport,
  { prefix, signal }: RequestOptions & { prefix?: string },
): AsyncGenerator<PendingUpload> {
  const answers = listXml(
    transport,
    {
      operation: "ListMultipartUploads",
      method: "GET",
      query: { uploads: "", "encoding-type": "url", prefix },
      signal,
    },
    "ListMultipartUploadsResult",
    "NextKeyMarker",
    (marker, { xml, decode }) => ({
      "key-marker": decode(marker),
      "upload-id-marker": xml.get("NextUploadIdMarker") ?? "",
    }),
  );
  for await (const { xml, decode } of answers) {
    for (const entry of xml.all("Upload")) {
      yield {
        key: decode(entry.get("Key") ?? ""),
        uploadId: entry.get("UploadId") ?? "",
        initiated: new Date(entry.get("Initiated") ?? NaN),
      };
    }
  }
}
