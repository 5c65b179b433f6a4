/**
 * Attributes of our own. BuildKit ignores keys that it does not know, so a string with these works
 * for both. An attribute exists if it stands in {@linkcode EXTENSIONS}; without its line there, it
 * is refused as unknown.
 *
 * @module
 */

import type { Attribute } from "./attribute.ts";
import { bool, oneOf } from "./values.ts";

/** Each extension with its parser. */
export const EXTENSIONS = {
  acl: oneOf(
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
  ),
  anonymous: bool,
  merge: bool,
  sse: oneOf("AES256", "aws:kms", "aws:kms:dsse"),
  sse_kms_key_id: kmsKeyId,
  storage_class: storageClass,
};

const anyStorageClass = oneOf(
  "STANDARD",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "REDUCED_REDUNDANCY",
  "EXPRESS_ONEZONE",
  "OUTPOSTS",
  "SNOW",
  "FSX_OPENZFS",
);

function storageClass(attribute: Attribute): string {
  if (attribute.text === "GLACIER" || attribute.text === "DEEP_ARCHIVE") {
    throw attribute.refuse(
      'a class that is read without a restore, such as "STANDARD_IA" or "GLACIER_IR"',
      "is an archive, from which no build can read",
    );
  }
  return anyStorageClass(attribute);
}

function kmsKeyId(attribute: Attribute): string {
  if (!/^[A-Za-z0-9:/_+=,.@-]{1,2048}$/.test(attribute.text)) {
    throw attribute.refuse("the id, ARN or alias of a KMS key");
  }
  return attribute.text;
}
