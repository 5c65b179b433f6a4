/**
 * The operations on buckets.
 *
 * @module
 */
import { receiveText } from "./body.ts";
import { S3Fault } from "./errors.ts";
import { bucketName } from "./request.ts";
import { checkBucketName, type Operation, OWNER, requestBucket, timeOfChange } from "./service.ts";
import { isoTime } from "./time.ts";
import { type XmlNode, xmlResponse } from "./xml.ts";
import { childElements, childText, readXml } from "./xml_reader.ts";

/** The region whose buckets have no location constraint. */
const FIRST_REGION = "us-east-1";

/** ListBuckets. */
export const listBuckets: Operation = async ({ storage }) => {
  const buckets = await storage.buckets();
  return xmlResponse("ListAllMyBucketsResult", [
    ["Owner", [["ID", OWNER.id], ["DisplayName", OWNER.name]]],
    [
      "Buckets",
      buckets.map(({ name, createdAt }): XmlNode => ["Bucket", [
        ["Name", name],
        ["CreationDate", isoTime(createdAt)],
      ]]),
    ],
  ]);
};

/** CreateBucket. */
export const createBucket: Operation = async (service, request) => {
  const { storage, region } = service;
  const name = bucketName(request);
  checkBucketName(name);
  checkLocation(await receiveText(request), region);
  if (!await storage.bucket(name)) {
    await storage.createBucket({ name, createdAt: timeOfChange(service) });
  } else if (region !== FIRST_REGION) {
    throw new S3Fault("BucketAlreadyOwnedByYou", { details: { BucketName: name } });
  }
  return new Response(null, { headers: { location: `/${name}` } });
};

function checkLocation(document: string, region: string): void {
  const constraint = document === ""
    ? undefined
    : childText(readXml(document, "CreateBucketConfiguration"), "LocationConstraint");
  if ((constraint || FIRST_REGION) === region) return;
  throw new S3Fault("IllegalLocationConstraintException", {
    message: `The ${constraint || "unspecified"} location constraint is incompatible for the ` +
      "region specific endpoint this request was sent to.",
  });
}

/** HeadBucket. */
export const headBucket: Operation = async (service, request) => {
  await requestBucket(service, request);
  return new Response(null, { headers: { "x-amz-bucket-region": service.region } });
};

/** DeleteBucket. */
export const deleteBucket: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  if ((await bucket.objects.list({ prefix: "", limit: 1 })).length > 0) {
    throw new S3Fault("BucketNotEmpty", { details: { BucketName: bucket.info.name } });
  }
  await service.storage.deleteBucket(bucket.info.name);
  return new Response(null, { status: 204 });
};

/** GetBucketLocation. */
export const getBucketLocation: Operation = async (service, request) => {
  await requestBucket(service, request);
  return xmlResponse("LocationConstraint", service.region === FIRST_REGION ? "" : service.region);
};

/** GetBucketVersioning: it was never switched on. */
export const getBucketVersioning: Operation = async (service, request) => {
  await requestBucket(service, request);
  return xmlResponse("VersioningConfiguration", []);
};

/** GetBucketLifecycleConfiguration. */
export const getLifecycle: Operation = async (service, request) => {
  const { info } = await requestBucket(service, request);
  if (info.lifecycle === undefined) {
    throw new S3Fault("NoSuchLifecycleConfiguration", { details: { BucketName: info.name } });
  }
  return new Response(info.lifecycle, { headers: { "content-type": "application/xml" } });
};

/** PutBucketLifecycleConfiguration: it is kept, and not carried out. */
export const putLifecycle: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const lifecycle = await receiveText(request, true);
  const rules = childElements(readXml(lifecycle, "LifecycleConfiguration"), "Rule");
  const valid = rules.every((rule) =>
    ["Enabled", "Disabled"].includes(childText(rule, "Status") ?? "") &&
    ["Filter", "Prefix"].some((name) => childElements(rule, name).length > 0)
  );
  if (rules.length === 0 || !valid) throw new S3Fault("MalformedXML");
  await bucket.update({ ...bucket.info, lifecycle });
  return new Response(null);
};

/** DeleteBucketLifecycle. */
export const deleteLifecycle: Operation = async (service, request) => {
  const bucket = await requestBucket(service, request);
  const { lifecycle: _, ...info } = bucket.info;
  await bucket.update(info);
  return new Response(null, { status: 204 });
};
