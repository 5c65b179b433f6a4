import { AttributeError, parseAttributes } from "s3cache";
import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const parse = (attributes: string) =>
  parseAttributes(`type=s3,region=eu-west-1,bucket=cache,${attributes}`, { direction: "export" });

const refused = (attributes: string) => assertThrows(() => parse(attributes), AttributeError);

test("storage classes that can be read at once are accepted, in S3's spelling", () => {
  for (const value of ["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR"]) {
    assertEquals(parse(`storage_class=${value}`).storageClass, value);
  }
  for (const value of ["", "standard", "STANDRAD", "GLACIER ", "STANDARD_IA,acl"]) {
    assertEquals(refused(`"storage_class=${value}"`).key, "storage_class");
  }
});

test("archives are refused: a build could not read its cache from there", () => {
  for (const value of ["GLACIER", "DEEP_ARCHIVE"]) {
    const error = refused(`storage_class=${value}`);
    assertEquals(error.value, value);
    assertStringIncludes(error.message, "is an archive");
  }
});

test("canned ACLs of objects are accepted", () => {
  for (const value of ["private", "bucket-owner-full-control", "public-read"]) {
    assertEquals(parse(`acl=${value}`).acl, value);
  }
  for (const value of ["", "Private", "log-delivery-write", "public"]) {
    assertStringIncludes(refused(`acl=${value}`).expected, '"bucket-owner-full-control"');
  }
});

test("encryption: a KMS key goes with KMS only", () => {
  assertEquals(parse("sse=AES256").sse, "AES256");
  for (const sse of ["aws:kms", "aws:kms:dsse"]) {
    const options = parse(`sse_kms_key_id=alias/cache,sse=${sse}`);
    assertEquals<unknown>([options.sse, options.sseKmsKeyId], [sse, "alias/cache"]);
    assertEquals(parse(`sse=${sse}`).sseKmsKeyId, undefined);
  }
  for (const attributes of ["sse_kms_key_id=k", "sse=AES256,sse_kms_key_id=k"]) {
    const error = refused(attributes);
    assertEquals([error.key, error.value], ["sse_kms_key_id", "k"]);
    assertStringIncludes(error.expected, "sse=aws:kms");
  }
  for (const attributes of ["sse=aes256", "sse=", "sse=aws:kms,sse_kms_key_id=a b"]) {
    refused(attributes);
  }
});

test("anonymous requests and keys exclude each other", () => {
  assertEquals(parse("anonymous=true").anonymous, true);
  assertEquals(refused("anonymous=1,access_key_id=a,secret_access_key=b").key, "anonymous");
  assertEquals(
    parse("anonymous=false,access_key_id=a,secret_access_key=b").credentials?.accessKeyId,
    "a",
  );
  assertEquals(refused("anonymous=maybe").value, "maybe");
});
