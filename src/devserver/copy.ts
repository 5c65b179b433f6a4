/**
 * CopyObject, and what it has in common with the copying of a part.
 *
 * @module
 */
import { checkCopySource, writeCheck } from "./conditions.ts";
import { contentMd5 } from "./content.ts";
import { invalidArgument, S3Fault } from "./errors.ts";
import {
  checkReadable,
  encryptionHeaders,
  type KeptHeaders,
  readDescription,
  readPlacement,
  storageClass,
} from "./object_headers.ts";
import { objectKey, type S3Request } from "./request.ts";
import {
  findBucket,
  findObject,
  type Operation,
  quoted,
  requestBucket,
  type Service,
  timeOfChange,
} from "./service.ts";
import type { StoredObject } from "./storage.ts";
import { isoTime } from "./time.ts";
import { xmlResponse } from "./xml.ts";

/** CopyObject. */
export const copyObject: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const key = objectKey(request);
  const { headers } = request;
  const source = await findCopySource(service, request);
  if (source.object.content.size > service.maxPutSize) {
    throw new S3Fault("InvalidRequest", {
      message: "The specified copy source is larger than the maximum allowable size for a copy " +
        `source: ${service.maxPutSize}`,
    });
  }
  const replace = readDirective(headers);
  const placement = readPlacement(headers);
  if (source.bucket === bucket.info.name && source.object.key === key) {
    checkSelfCopy(source.object, replace, headers, placement);
  }
  const description = replace ? readDescription(headers) : describing(source.object);
  const check = writeCheck(headers, key);
  // The ETag of a multipart upload says how it was uploaded, and a copy is one piece.
  const etag = source.object.etag.includes("-")
    ? await contentMd5(source.object.content)
    : source.object.etag;
  const { checksum } = source.object;
  const record = {
    key,
    etag,
    lastModified: timeOfChange(service),
    headers: { ...description, ...placement },
    ...(checksum && !checksum.value.includes("-") ? { checksum } : {}),
  };
  await bucket.objects.put(record, await bucket.copy([source.object.content]), check);
  return xmlResponse("CopyObjectResult", [
    ["LastModified", isoTime(record.lastModified)],
    ["ETag", quoted(etag)],
  ], encryptionHeaders(placement));
};

/** Whether the metadata is replaced. */
function readDirective(headers: Headers): boolean {
  const directive = headers.get("x-amz-metadata-directive") ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", directive);
}

/** A copy of an object onto itself must change something. */
function checkSelfCopy(
  object: StoredObject,
  replace: boolean,
  headers: Headers,
  placement: KeptHeaders,
): void {
  const moved = headers.has("x-amz-storage-class") &&
    storageClass({ headers: placement }) !== storageClass(object);
  if (replace || moved || headers.has("x-amz-server-side-encryption")) return;
  throw new S3Fault("InvalidRequest", {
    message: "This copy request is illegal because it is trying to copy an object to itself " +
      "without changing the object's metadata, storage class, website redirect location or " +
      "encryption attributes.",
  });
}

/** The headers of an object that its copy takes over. */
function describing(object: StoredObject): KeptHeaders {
  return readDescription(new Headers(object.headers));
}

/**
 * The object that a request copies from.
 *
 * @throws {S3Fault} if it is not there, not as it was asked for, or archived
 */
export async function findCopySource(
  service: Service,
  request: S3Request,
): Promise<{ bucket: string; object: StoredObject }> {
  const header = request.headers.get("x-amz-copy-source")!;
  const [path, query] = header.replace(/^\//, "").split("?", 2) as [string, string?];
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1 || path.startsWith("arn:")) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      header,
    );
  }
  const version = new URLSearchParams(query).get("versionId");
  if (version !== null && version !== "null") {
    throw new S3Fault("NotImplemented", { details: { Header: "x-amz-copy-source" } });
  }
  const bucket = decodeSource(path.slice(0, slash));
  const object = await findObject(
    await findBucket(service, bucket),
    decodeSource(path.slice(slash + 1)),
  );
  checkCopySource(request.headers, object);
  checkReadable(object);
  return { bucket, object };
}

/** The header is decoded as a form is: a plus that means a plus must be encoded. */
function decodeSource(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", text);
  }
}
