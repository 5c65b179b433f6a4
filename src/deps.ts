/**
 * The only file that names a dependency of the core. The specifiers are pinned and complete, so
 * that the module also loads by URL, where no import map of ours applies.
 *
 * @module
 */

/** AWS Signature Version 4 on fetch and Web Crypto. */
export { AwsV4Signer } from "npm:aws4fetch@1.0.20";
/** A small XML parser, for the answers of S3. */
// @ts-types="./deps_xml.d.ts"
export { default as parseXml, type XmlNode } from "npm:xml-parser-xo@4.1.6/dist/esm/index.js";
/** Zstandard, which the web platform does not unpack. */
export { Decompress as ZstdDecompress } from "npm:fzstd@0.1.1";
/** RFC 4180 as Go's encoding/csv reads it, for attribute strings. */
// @ts-types="./deps_csv.d.ts"
export { parse as parseCsv } from "npm:deno-std@1.4.0/csv/parse.js";
