/**
 * Objects' headers, there and back.
 *
 * @module
 */
import type { ObjectHeaders, ObjectInfo, Placement } from "./types.ts";

const STANDARD_HEADERS = {
  contentType: "content-type",
  contentEncoding: "content-encoding",
  contentDisposition: "content-disposition",
  contentLanguage: "content-language",
  cacheControl: "cache-control",
} as const satisfies Partial<Record<keyof ObjectHeaders, string>>;

const PLACEMENT_HEADERS = {
  storageClass: "x-amz-storage-class",
  sse: "x-amz-server-side-encryption",
  sseKmsKeyId: "x-amz-server-side-encryption-aws-kms-key-id",
} as const satisfies Partial<Record<keyof Placement, string>>;

const METADATA = "x-amz-meta-";

/** The headers that write an object with these properties. */
export function writeObjectHeaders(properties: ObjectHeaders & Placement): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [field, name] of Object.entries({ ...STANDARD_HEADERS, ...PLACEMENT_HEADERS })) {
    const value = properties[field as keyof typeof STANDARD_HEADERS];
    if (value !== undefined) headers[name] = value;
  }
  if (properties.acl !== undefined) headers["x-amz-acl"] = properties.acl;
  for (const [name, value] of Object.entries(properties.metadata ?? {})) {
    headers[METADATA + name.toLowerCase()] = value;
  }
  return headers;
}

/** What the answer to HEAD or GET says of the object. */
export function readObjectHeaders(key: string, headers: Headers, size: number): ObjectInfo {
  const info: ObjectInfo = {
    key,
    size,
    lastModified: new Date(headers.get("last-modified") ?? NaN),
    etag: headers.get("etag") ?? "",
  };
  for (const [field, name] of Object.entries({ ...STANDARD_HEADERS, ...PLACEMENT_HEADERS })) {
    const value = headers.get(name);
    if (value !== null) info[field as keyof typeof STANDARD_HEADERS] = value;
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
export function writeConditions({ ifMatch, ifNoneMatch }: WriteConditions): Record<string, string> {
  return {
    ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }),
  };
}
