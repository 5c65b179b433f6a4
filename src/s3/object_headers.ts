/**
 * Objects' headers, there and back.
 *
 * @module
 */
import type { ObjectHeaders, ObjectInfo, Placement } from "./types.ts";

/** The properties that are a header each, and those headers. */
const FIELDS = [
  ...([
    "contentType",
    "contentEncoding",
    "contentDisposition",
    "contentLanguage",
    "cacheControl",
  ] as const)
    .map((field) => [field, field.replace(/[A-Z]/, "-$&").toLowerCase()] as const),
  ["storageClass", "x-amz-storage-class"],
  ["sse", "x-amz-server-side-encryption"],
  ["sseKmsKeyId", "x-amz-server-side-encryption-aws-kms-key-id"],
] as const;

const METADATA = "x-amz-meta-";

/** The headers that write an object with these properties. */
export function writeObjectHeaders(
  properties: ObjectHeaders & Placement,
): Record<string, string | undefined> {
  const headers: Record<string, string | undefined> = { "x-amz-acl": properties.acl };
  for (const [field, name] of FIELDS) headers[name] = properties[field];
  for (const [name, value] of Object.entries(properties.metadata ?? {})) {
    headers[METADATA + name.toLowerCase()] = value;
  }
  return headers;
}

/** What the answer to HEAD or GET says of the object. */
export function readObjectHeaders(
  key: string,
  headers: Headers,
  size = Number(headers.get("content-length")),
): ObjectInfo {
  const info: ObjectInfo = {
    key,
    size,
    lastModified: new Date(headers.get("last-modified") ?? NaN),
    etag: headers.get("etag") ?? "",
  };
  for (const [field, name] of FIELDS) {
    const value = headers.get(name);
    if (value !== null) info[field] = value;
  }
  const metadata = [...headers].filter(([name]) => name.startsWith(METADATA));
  if (metadata.length > 0) {
    info.metadata = Object.fromEntries(
      metadata.map(([name, value]) => [name.slice(METADATA.length), value]),
    );
  }
  return info;
}

/** The preconditions of a write. */
export interface WriteConditions {
  /** `*`: only if there is no object of that key. */
  ifNoneMatch?: "*";
  /** Only if the object there has this ETag. */
  ifMatch?: string;
}

/** The headers of preconditions. */
export function writeConditions(
  { ifMatch, ifNoneMatch }: WriteConditions,
): Record<string, string | undefined> {
  return { "if-match": ifMatch, "if-none-match": ifNoneMatch };
}
