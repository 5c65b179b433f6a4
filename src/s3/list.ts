/**
 * Lists a bucket.
 *
 * @module
 */
import { checkPositiveInteger } from "../parallel.ts";
import type { Call, Transport } from "./transport.ts";
import type { ObjectInfo, RequestOptions } from "./types.ts";
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
  if (pageSize !== undefined) checkPositiveInteger("pageSize", pageSize);
  const answers = listXml(
    transport,
    {
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
      },
      signal,
    },
    "ListBucketResult",
    "NextContinuationToken",
    (token) => ({ "continuation-token": token }),
  );
  for await (const { xml, decode, last } of answers) {
    yield {
      objects: xml.all("Contents").map((entry) => readEntry(entry, decode)),
      prefixes: xml.all("CommonPrefixes").map((entry) => decode(entry.get("Prefix") ?? "")),
      last,
    };
  }
}

/** One answer of a listing. */
export interface ListAnswer {
  xml: Xml;
  /** Reads a key as the answer writes it. */
  decode: (text: string) => string;
  /** Whether this is the last one. */
  last: boolean;
}

/**
 * Reads a listing of any kind to its end.
 *
 * @param transport to the bucket
 * @param call what is listed
 * @param root what the name of the document's root begins with
 * @param marker the element that tells where the next answer begins: without it, a part of a list
 * would pass for the whole
 * @param next the parameters with which the next request goes on
 */
export async function* listXml(
  transport: Transport,
  call: Call,
  root: string,
  marker: string,
  next: (marker: string, answer: ListAnswer) => Call["query"],
): AsyncGenerator<ListAnswer> {
  let { query } = call;
  const isLast = (xml: Xml) => xml.get("IsTruncated") !== "true";
  for (let last = false; !last;) {
    const { xml } = await transport.sendForXml(
      { ...call, query },
      root,
      (xml) => isLast(xml) || xml.get(marker) ? undefined : marker,
    );
    last = isLast(xml);
    const answer = { xml, decode: keyDecoder(xml), last };
    if (!last) query = { ...query, ...next(xml.get(marker)!, answer) };
    yield answer;
  }
}

function readEntry(entry: Xml, decode: (text: string) => string): ObjectInfo {
  const storageClass = entry.get("StorageClass") ?? "STANDARD";
  return {
    key: decode(entry.get("Key") ?? ""),
    size: Number(entry.get("Size")),
    lastModified: new Date(entry.get("LastModified") ?? NaN),
    etag: entry.get("ETag") ?? "",
    ...(storageClass !== "STANDARD" && { storageClass }),
  };
}

/** How an answer writes keys: servers that do not know `encoding-type` ignore it. */
function keyDecoder(xml: Xml): (text: string) => string {
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
