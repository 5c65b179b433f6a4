/**
 * Takes in the body of a request, and believes nothing that was said of it before it has come.
 *
 * @module
 */
import { createHash, type Hash } from "../runtime/hash.ts";
import {
  base64ToHex,
  type Checksum,
  createChecksum,
  promisedChecksum,
  type RunningChecksum,
} from "./checksum.ts";
import { invalidArgument, S3Fault } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { Bucket, Content } from "./storage.ts";

/** The largest XML document that is read, in bytes: 10,000 parts with checksums fit. */
const MAX_DOCUMENT = 4 * 1024 * 1024;

/** What a request says of its body. */
interface Promised {
  /** In bytes; undefined if it was not said. */
  readonly length: number | undefined;
  /** Hexadecimal. */
  readonly sha256: string | undefined;
  /** Hexadecimal. */
  readonly md5: string | undefined;
  readonly checksum: Checksum | undefined;
}

/** What a body turned out to be. */
export interface Received {
  /** Hexadecimal: the ETag of an object that was put in one piece. */
  readonly md5: string;
  /** The checksum that was promised, and is right. */
  readonly checksum: Checksum | undefined;
}

/** A body that was taken in. */
export interface ReceivedContent extends Received {
  /** Its bytes; they belong to no object yet. */
  readonly content: Content;
}

/**
 * Takes in the body of an object or a part.
 *
 * @param maxSize the most that S3 takes in one request, in bytes
 * @throws {S3Fault} if it is too large, or not what was promised
 */
export async function receiveContent(
  request: S3Request,
  bucket: Bucket,
  maxSize: number,
): Promise<ReceivedContent> {
  const promised = readPromises(request);
  // A runtime that shows the headers of the connection shows that the length is missing.
  if (promised.length === undefined && request.headers.has("transfer-encoding")) {
    throw new S3Fault("MissingContentLength");
  }
  const tooLarge = (size: number) =>
    new S3Fault("EntityTooLarge", { details: { ProposedSize: size, MaxSizeAllowed: maxSize } });
  if ((promised.length ?? 0) > maxSize) throw tooLarge(promised.length!);
  const staged = await bucket.stage(promised.length);
  try {
    const received = await receive(request, promised, async (bytes, size) => {
      if (size > maxSize) throw tooLarge(size);
      await staged.write(bytes);
    });
    return { ...received, content: await staged.finish() };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/**
 * Takes in an XML document.
 *
 * @param needsDigest whether S3 wants a Content-MD5 or a checksum for this operation
 * @throws {S3Fault} if it is too large, or not what was promised
 */
export async function receiveText(request: S3Request, needsDigest = false): Promise<string> {
  const promised = readPromises(request);
  if (needsDigest && !promised.md5 && !promised.checksum) {
    throw new S3Fault("InvalidRequest", {
      message: "Missing required header for this request: Content-MD5",
    });
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    await receive(request, promised, (bytes, size) => {
      if (size > MAX_DOCUMENT) throw new S3Fault("MaxMessageLengthExceeded");
      text += decoder.decode(bytes, { stream: true });
    });
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new S3Fault("MalformedXML");
    throw error;
  }
}

async function receive(
  request: S3Request,
  promised: Promised,
  take: (bytes: Uint8Array, size: number) => void | Promise<void>,
): Promise<Received> {
  const md5 = await createHash("MD5");
  const sha256 = promised.sha256 === undefined ? undefined : await createHash("SHA-256");
  const checksum = promised.checksum && await createChecksum(promised.checksum.algorithm);
  let size = 0;
  for await (const bytes of request.body ?? []) {
    size += bytes.length;
    await take(bytes, size);
    await md5.update(bytes);
    await sha256?.update(bytes);
    await checksum?.update(bytes);
  }
  if (promised.length !== undefined && promised.length !== size) {
    throw new S3Fault("IncompleteBody");
  }
  return await check(promised, md5, sha256, checksum);
}

async function check(
  promised: Promised,
  md5: Hash,
  sha256: Hash | undefined,
  checksum: RunningChecksum | undefined,
): Promise<Received> {
  const computed = await md5.hex();
  const payload = await sha256?.hex();
  if (payload !== promised.sha256) {
    throw new S3Fault("XAmzContentSHA256Mismatch", {
      details: {
        ClientComputedContentSHA256: promised.sha256!,
        S3ComputedContentSHA256: payload!,
      },
    });
  }
  if (promised.md5 !== undefined && promised.md5 !== computed) {
    throw new S3Fault("BadDigest", {
      details: { ExpectedDigest: promised.md5, CalculatedDigest: computed },
    });
  }
  if (promised.checksum && promised.checksum.value !== await checksum!.base64()) {
    throw new S3Fault("BadDigest", {
      message:
        `The ${promised.checksum.algorithm} you specified did not match the calculated checksum.`,
    });
  }
  return { md5: computed, checksum: promised.checksum };
}

function readPromises(request: S3Request): Promised {
  const { headers } = request;
  const length = headers.get("content-length");
  const md5 = headers.get("content-md5");
  const md5Hex = md5 === null ? undefined : base64ToHex(md5);
  if (md5 !== null && md5Hex?.length !== 32) throw new S3Fault("InvalidDigest");
  return {
    length: length === null ? undefined : Number(length),
    sha256: payloadSha256(request),
    md5: md5Hex,
    checksum: promisedChecksum(headers),
  };
}

/** The hash that was signed with the request; undefined if the payload was left unsigned. */
function payloadSha256({ headers, query }: S3Request): string | undefined {
  const value = headers.get("x-amz-content-sha256") ?? query.get("X-Amz-Content-Sha256");
  const chunked = headers.get("content-encoding")?.split(/,\s*/).includes("aws-chunked");
  if (chunked || value?.startsWith("STREAMING-")) {
    throw new S3Fault("NotImplemented", {
      details: { Header: chunked ? "Content-Encoding" : "x-amz-content-sha256" },
    });
  }
  if (value === null || value === "UNSIGNED-PAYLOAD") return undefined;
  if (/^[0-9a-f]{64}$/.test(value)) return value;
  throw invalidArgument(
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, " +
      "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    "x-amz-content-sha256",
    value,
  );
}
