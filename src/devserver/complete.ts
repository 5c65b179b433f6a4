/**
 * CompleteMultipartUpload.
 *
 * @module
 */
import { createHash } from "../runtime/hash.ts";
import { receiveText } from "./body.ts";
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumElements,
  checksumHeaders,
  compositeChecksum,
  fromHex,
} from "./checksum.ts";
import { writeCheck } from "./conditions.ts";
import { S3Fault } from "./errors.ts";
import { encryptionHeaders } from "./object_headers.ts";
import { uploadId } from "./multipart.ts";
import { objectKey, type S3Request } from "./request.ts";
import {
  type CompletedUpload,
  type Operation,
  quoted,
  requestBucket,
  type Service,
  unquoted,
} from "./service.ts";
import type { Bucket, StoredObject } from "./storage.ts";
import {
  ALGORITHM_HEADER,
  findUpload,
  listParts,
  removeUpload,
  type Upload,
} from "./upload_table.ts";
import { xmlResponse } from "./xml.ts";
import { childElements, childText, readXml } from "./xml_reader.ts";

/** How many completed uploads are remembered. */
const REMEMBERED = 1000;

/** A part as the client lists it. */
interface ListedPart {
  readonly number: number;
  readonly etag: string;
  /** The checksum elements, by the name of their algorithm. */
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
}

/** CompleteMultipartUpload. */
export const completeMultipartUpload: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  const id = uploadId(request);
  const listed = readParts(await receiveText(request));
  const before = service.completed.get(id);
  if (
    before && before.bucket === bucket.info.name && before.key === key &&
    before.parts === describeParts(listed)
  ) return answer(request, before);
  const upload = await findUpload(bucket, key, id);
  const parts = await chooseParts(service, bucket, upload, listed);
  checkObjectSize(request, parts);
  const etag = await multipartEtag(parts);
  const { [ALGORITHM_HEADER]: algorithm, ...headers } = upload.headers;
  const checksum = algorithm === undefined
    ? undefined
    : await objectChecksum(algorithm as ChecksumAlgorithm, parts);
  const record = {
    key,
    etag,
    // S3 dates an object by when its upload began.
    lastModified: upload.initiated,
    headers,
    partSizes: parts.map(({ content }) => content.size),
    ...(checksum ? { checksum } : {}),
  };
  const content = await bucket.copy(parts.map((part) => part.content));
  await bucket.objects.put(record, content, writeCheck(request.headers, key));
  await removeUpload(bucket, upload);
  const completed = { bucket: bucket.info.name, key, etag, parts: describeParts(listed) };
  remember(service, id, completed);
  return answer(request, completed, encryptionHeaders(headers), checksum);
};

function readParts(text: string): ListedPart[] {
  const elements = childElements(readXml(text, "CompleteMultipartUpload"), "Part");
  const parts = elements.map((element): ListedPart => {
    const number = Number(childText(element, "PartNumber"));
    const etag = childText(element, "ETag");
    if (!Number.isInteger(number) || etag === undefined) throw new S3Fault("MalformedXML");
    const checksums = new Map<ChecksumAlgorithm, string>();
    for (const algorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"] as const) {
      const value = childText(element, `Checksum${algorithm}`);
      if (value !== undefined) checksums.set(algorithm, value);
    }
    return { number, etag: unquoted(etag), checksums };
  });
  if (parts.length === 0) throw new S3Fault("MalformedXML");
  if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1]!.number)) {
    throw new S3Fault("InvalidPartOrder");
  }
  return parts;
}

/** The parts that the client listed, if they are there and may make up an object. */
async function chooseParts(
  service: Service,
  bucket: Bucket,
  upload: Upload,
  listed: readonly ListedPart[],
): Promise<StoredObject[]> {
  const uploaded = new Map(
    (await listParts(bucket, upload)).map(({ number, object }) => [number, object]),
  );
  const parts = listed.map(({ number, etag, checksums }) => {
    const part = uploaded.get(number);
    const differs = [...checksums].some(([algorithm, value]) =>
      part?.checksum?.algorithm !== algorithm || part.checksum.value !== value
    );
    if (!part || part.etag !== etag || differs) {
      throw new S3Fault("InvalidPart", {
        details: { UploadId: upload.id, PartNumber: number, ETag: etag },
      });
    }
    return part;
  });
  parts.slice(0, -1).forEach((part, index) => {
    if (part.content.size >= service.minPartSize) return;
    throw new S3Fault("EntityTooSmall", {
      details: {
        ProposedSize: part.content.size,
        MinSizeAllowed: service.minPartSize,
        PartNumber: listed[index]!.number,
        ETag: part.etag,
      },
    });
  });
  return parts;
}

function checkObjectSize(request: S3Request, parts: readonly StoredObject[]): void {
  const announced = request.headers.get("x-amz-mp-object-size");
  const size = parts.reduce((sum, { content }) => sum + content.size, 0);
  if (announced === null || Number(announced) === size) return;
  throw new S3Fault("InvalidRequest", {
    message: `The provided 'x-amz-mp-object-size' header value ${announced} does not match what ` +
      `was computed: ${size}`,
  });
}

/** The MD5 of the parts' MD5s, and how many they are. */
async function multipartEtag(parts: readonly StoredObject[]): Promise<string> {
  const md5 = await createHash("MD5");
  for (const { etag } of parts) await md5.update(fromHex(etag));
  return `${await md5.hex()}-${parts.length}`;
}

async function objectChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly StoredObject[],
): Promise<Checksum> {
  const checksums = parts.map(({ checksum }) => {
    if (checksum?.algorithm === algorithm) return checksum;
    throw new S3Fault("InvalidRequest", {
      message: `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete ` +
        "request must include the checksum for each part.",
    });
  });
  return await compositeChecksum(algorithm, checksums);
}

function describeParts(parts: readonly ListedPart[]): string {
  return parts.map(({ number, etag }) => `${number}:${etag}`).join(",");
}

/** S3 answers a repeated request as it did the first, and so must we, for a while. */
function remember({ completed }: Service, id: string, upload: CompletedUpload): void {
  completed.set(id, upload);
  const [oldest] = completed.keys();
  if (completed.size > REMEMBERED) completed.delete(oldest!);
}

function answer(
  { url, host }: S3Request,
  { bucket, key, etag }: CompletedUpload,
  headers: Record<string, string> = {},
  checksum?: Checksum,
): Response {
  return xmlResponse("CompleteMultipartUploadResult", [
    ["Location", `${url.protocol}//${host}${url.pathname}`],
    ["Bucket", bucket],
    ["Key", key],
    ["ETag", quoted(etag)],
    ...checksumElements(checksum),
  ], { ...headers, ...checksumHeaders(checksum) });
}
