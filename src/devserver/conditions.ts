/**
 * Conditions on the ETag and the time of an object.
 *
 * @module
 */
import { invalidArgument, S3Fault } from "./errors.ts";
import { quoted, unquoted } from "./service.ts";
import type { ObjectRecord, ReplaceCheck } from "./storage.ts";
import { httpTime } from "./time.ts";

/**
 * The conditions under which GET and HEAD answer.
 *
 * @throws {S3Fault} PreconditionFailed, or NotModified
 */
export function checkRead(headers: Headers, object: ObjectRecord): void {
  const failed = failedCondition(headers, "if-", object);
  if (!failed) return;
  if (failed === "If-None-Match" || failed === "If-Modified-Since") {
    throw new S3Fault("NotModified", {
      headers: { etag: quoted(object.etag), "last-modified": httpTime(object.lastModified) },
    });
  }
  throw new S3Fault("PreconditionFailed", { details: { Condition: failed } });
}

/**
 * The conditions under which a copy reads its source.
 *
 * @throws {S3Fault} PreconditionFailed
 */
export function checkCopySource(headers: Headers, object: ObjectRecord): void {
  const failed = failedCondition(headers, "x-amz-copy-source-if-", object);
  if (failed) throw new S3Fault("PreconditionFailed", { details: { Condition: failed } });
}

/**
 * The first condition that does not hold. Each ETag condition overrules the time condition beside
 * it, as RFC 9110 has it.
 */
function failedCondition(
  headers: Headers,
  prefix: string,
  object: ObjectRecord,
): string | undefined {
  const match = headers.get(`${prefix}match`);
  const unmodifiedSince = headers.get(`${prefix}unmodified-since`);
  if (match !== null) {
    if (!matches(match, object)) return title(prefix) + "Match";
  } else if (unmodifiedSince !== null && object.lastModified > Date.parse(unmodifiedSince)) {
    return title(prefix) + "Unmodified-Since";
  }
  const noneMatch = headers.get(`${prefix}none-match`);
  const modifiedSince = headers.get(`${prefix}modified-since`);
  if (noneMatch !== null) {
    if (matches(noneMatch, object)) return title(prefix) + "None-Match";
  } else if (modifiedSince !== null && object.lastModified <= Date.parse(modifiedSince)) {
    return title(prefix) + "Modified-Since";
  }
  return undefined;
}

function title(prefix: string): string {
  return prefix === "if-" ? "If-" : prefix;
}

function matches(list: string, object: ObjectRecord): boolean {
  return list.split(",").some((etag) => etag.trim() === "*" || unquoted(etag) === object.etag);
}

/**
 * The conditions under which an object is written or removed.
 *
 * @param key the key, which may have no object yet
 * @returns a check to make in the same step as the change
 * @throws {S3Fault} NotImplemented for conditions that S3 does not have for changes
 */
export function writeCheck(headers: Headers, key: string): ReplaceCheck {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== null && noneMatch !== "*") {
    throw new S3Fault("NotImplemented", {
      details: { Header: "If-None-Match", additionalMessage: 'only "*" is supported here' },
    });
  }
  for (const name of ["if-modified-since", "if-unmodified-since"]) {
    if (headers.has(name)) throw new S3Fault("NotImplemented", { details: { Header: name } });
  }
  if (match !== null && noneMatch !== null) {
    throw invalidArgument("If-Match and If-None-Match exclude each other", "If-Match", match);
  }
  return (current) => {
    if (noneMatch !== null && current) {
      throw new S3Fault("PreconditionFailed", { details: { Condition: "If-None-Match" } });
    }
    if (match === null) return;
    if (!current) throw new S3Fault("NoSuchKey", { details: { Key: key } });
    if (!matches(match, current)) {
      throw new S3Fault("PreconditionFailed", { details: { Condition: "If-Match" } });
    }
  };
}
