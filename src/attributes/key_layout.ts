import { isDigest } from "../digest.ts";
import type { Attribute } from "./attribute.ts";

/** S3's limit for an object's key, in bytes of UTF-8. */
const LONGEST_KEY = 1024;
/** The length of `sha256:` and 64 digits. */
const DIGEST_LENGTH = 71;
/** What S3 cannot list as XML 1.0, or what cannot be UTF-8. */
const UNUSABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** Where in a bucket a cache lies; the parts of a key are put together without separators. */
export interface KeyLayout {
  prefix: string;
  blobsPrefix: string;
  manifestsPrefix: string;
  names: string[];
}

/** A piece of an object's key. */
export function keyText(attribute: Attribute): string {
  if (UNUSABLE.test(attribute.text)) {
    throw attribute.refuse("text that can be a part of an object's key", "has control characters");
  }
  return attribute.text;
}

/** Names of caches between semicolons, without repetitions. */
export function cacheNames(attribute: Attribute): string[] {
  const names = keyText(attribute).split(";");
  if (names.includes("")) {
    throw attribute.refuse(
      'names separated by single semicolons, such as "app" or "app;main"',
      names.length === 1 ? "is empty" : "has an empty name between semicolons",
    );
  }
  return [...new Set(names)];
}

/**
 * Refuses a layout with keys that S3 or a URL could not carry, or where a manifest would overwrite
 * a blob. Each part was checked by itself; this is about what they are together.
 *
 * @param layout the prefixes and names, defaults applied
 * @param written finds the attribute to blame; a default alone is never wrong
 * @throws {AttributeError} at the first such key
 */
export function checkKeyLayout(
  layout: KeyLayout,
  written: (key: string) => Attribute | undefined,
): void {
  const { prefix, blobsPrefix, manifestsPrefix, names } = layout;
  const refuse = (keys: string[], expected: string, problem: string) => {
    const attribute = keys.map(written).find((found) => found !== undefined);
    if (attribute) throw attribute.refuse(expected, problem);
  };
  const refuseDots = (keys: string[]) =>
    refuse(keys, "other text: URLs cannot carry such keys", 'makes a "." or ".." key segment');
  const refuseLength = (keys: string[]) =>
    refuse(keys, `keys of at most ${LONGEST_KEY} bytes, prefixes included`, "makes a key too long");

  if (hasDots(closedSegments(prefix))) refuseDots(["prefix"]);
  if (hasDots(closedSegments(prefix + blobsPrefix))) refuseDots(["blobs_prefix", "prefix"]);
  if (hasDots(closedSegments(prefix + manifestsPrefix))) refuseDots(["manifests_prefix", "prefix"]);
  if (byteLength(prefix + blobsPrefix) + DIGEST_LENGTH > LONGEST_KEY) {
    refuseLength(["blobs_prefix", "prefix"]);
  }
  for (const name of names) {
    const key = prefix + manifestsPrefix + name;
    const blame = ["name", "manifests_prefix", "prefix"];
    if (hasDots(key.split("/"))) refuseDots(blame);
    if (byteLength(key) > LONGEST_KEY) refuseLength(blame);
    const blobKeyStart = prefix + blobsPrefix;
    if (key.startsWith(blobKeyStart) && isDigest(key.slice(blobKeyStart.length))) {
      refuse(blame, "a name whose key is not a blob's", "makes a manifest lie where a blob does");
    }
  }
}

/** The segments that nothing which is appended can change. */
function closedSegments(start: string): string[] {
  return start.split("/").slice(0, -1);
}

function hasDots(segments: string[]): boolean {
  return segments.includes(".") || segments.includes("..");
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
