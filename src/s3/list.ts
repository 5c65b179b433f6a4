/**
 * Lists a bucket.
 *
 * @module
 */
import type { Transport } from "./transport.ts";
import type { ObjectInfo, Placement, RequestOptions } from "./types.ts";
import type { Xml } from "./xml.ts";

/** What to list. */
export interface ListOptions extends RequestOptions {
  /** Only keys that start with this. */
  prefix?: string;
  /** Keys that share a prefix up to this, after `prefix`, are one entry of `prefixes`. */
  delimiter?: string;
  /** Only keys after this one, in order of their UTF-8 bytes. */
  startAfter?: string;
  /** At most 1,000, which is the default. */
  pageSize?: number;
}

/** One answer of S3. */
export interface ListPage {
  /** In order of the keys' UTF-8 bytes. */
  objects: ObjectInfo[];
  /** What the delimiter cut off. */
  prefixes: string[];
  /** Whether this is the last page. */
  last: boolean;
}

/** See {@linkcode S3Client.listPages}. */
export async function* listPages(
  transport: Transport,
  { prefix, delimiter, startAfter, pageSize, signal }: ListOptions,
): AsyncGenerator<ListPage> {
  let token: string | undefined;
  do {
    const { xml } = await transport.sendForXml({
      operation: "ListObjectsV2",
      method: "GET",
      query: {
        "list-type": "2",
        // Keys may hold characters that XML cannot.
        "encoding-type": "url",
        prefix,
        delimiter,
        "start-after": startAfter,
        "max-keys": pageSize?.toString(),
        "continuation-token": token,
      },
      signal,
    }, "ListBucketResult");
    token = nextMarker(xml, "NextContinuationToken");
    const decode = keyDecoder(xml);
    yield {
      objects: xml.all("Contents").map((entry) => readEntry(entry, decode)),
      prefixes: xml.all("CommonPrefixes").map((entry) => decode(entry.get("Prefix") ?? "")),
      last: token === undefined,
    };
  } while (token !== undefined);
}

/** Where the next page begins: without it, a part of a list would pass for the whole. */
export function nextMarker(xml: Xml, name: string): string | undefined {
  if (xml.get("IsTruncated") !== "true") return undefined;
  const marker = xml.get(name);
  if (!marker) throw new Error(`${xml.name}: the list goes on, but the answer has no ${name}`);
  return marker;
}

function readEntry(entry: Xml, decode: (text: string) => string): ObjectInfo {
  const storageClass = entry.get("StorageClass");
  const placement: Placement = storageClass && storageClass !== "STANDARD" ? { storageClass } : {};
  return {
    key: decode(entry.get("Key") ?? ""),
    size: Number(entry.get("Size")),
    lastModified: new Date(entry.get("LastModified") ?? NaN),
    etag: entry.get("ETag") ?? "",
    ...placement,
  };
}

/** How an answer writes keys: servers that do not know `encoding-type` ignore it. */
export function keyDecoder(xml: Xml): (text: string) => string {
  if (xml.get("EncodingType") !== "url") return (text) => text;
  return (text) => {
    try {
      return decodeURIComponent(text.replaceAll("+", " "));
    } catch {
      // s3s-fs says that it encodes, and does not.
      return text;
    }
  };
}
