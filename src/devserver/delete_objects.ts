/**
 * DeleteObjects: up to a thousand keys in one request.
 *
 * @module
 */
import { receiveText } from "./body.ts";
import { writeCheck } from "./conditions.ts";
import { S3Fault } from "./errors.ts";
import { checkKey } from "./request.ts";
import { type Operation, requestBucket } from "./service.ts";
import type { Bucket } from "./storage.ts";
import { type XmlNode, xmlResponse } from "./xml.ts";
import { childElements, childText, readXml } from "./xml_reader.ts";

const MAX_KEYS = 1000;

/** One object to delete. */
interface Target {
  readonly key: string;
  readonly etag: string | undefined;
  readonly versionId: string | undefined;
}

/** DeleteObjects. */
export const deleteObjects: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const document = readXml(await receiveText(request, true), "Delete");
  const targets = childElements(document, "Object").map((element): Target => ({
    key: childText(element, "Key") ?? "",
    etag: childText(element, "ETag"),
    versionId: childText(element, "VersionId"),
  }));
  if (targets.length === 0 || targets.length > MAX_KEYS || targets.some(({ key }) => key === "")) {
    throw new S3Fault("MalformedXML");
  }
  const quiet = childText(document, "Quiet") === "true";
  const results: XmlNode[] = [];
  for (const target of targets) {
    const error = await deleteOne(bucket, target);
    if (error) results.push(["Error", error]);
    else if (!quiet) results.push(["Deleted", [["Key", target.key]]]);
  }
  return xmlResponse("DeleteResult", results);
};

/** Deletes one object; what is wrong with it does not keep the others. */
async function deleteOne(bucket: Bucket, target: Target): Promise<XmlNode[] | undefined> {
  const { key, etag, versionId } = target;
  try {
    if (versionId !== undefined && versionId !== "null") throw new S3Fault("NotImplemented");
    const headers = new Headers(etag === undefined ? {} : { "if-match": etag });
    await bucket.objects.delete(checkKey(key), writeCheck(headers, key));
    return undefined;
  } catch (error) {
    if (!(error instanceof S3Fault)) throw error;
    return [["Key", key], ["Code", error.code], ["Message", error.message]];
  }
}
