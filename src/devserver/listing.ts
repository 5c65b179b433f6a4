/**
 * What the lists of objects and of uploads have in common: pages, and the rolling up of keys that
 * share a prefix.
 *
 * @module
 */
import { invalidArgument } from "./errors.ts";
import type { S3Request } from "./request.ts";

/** Where a page begins: after a key, or past all keys that begin with a prefix. */
export interface Position {
  /** After this key. */
  readonly after?: string | undefined;
  /** Past the keys that begin with this. */
  readonly past?: string | undefined;
}

/** A page of a list. */
export interface Page<T> {
  /** The items that stand for themselves. */
  readonly items: T[];
  /** The prefixes that stand for all items below them. */
  readonly prefixes: string[];
  /** Where the next page begins; undefined after the last. */
  readonly next: Position | undefined;
}

/** What to list. */
export interface PageRequest<T> {
  /** Gives items in their order. */
  readonly fetch: (position: Position, limit: number) => Promise<T[]>;
  /** The key by which an item is rolled up. */
  readonly keyOf: (item: T) => string;
  /** How to go on after an item. */
  readonly positionOf: (item: T) => Position;
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  readonly start: Position;
  /** The most items and prefixes together. */
  readonly limit: number;
}

/**
 * Makes a page. Behind each common prefix the list goes on past it, so that a million keys below
 * one prefix cost one look-up.
 */
export async function makePage<T>(request: PageRequest<T>): Promise<Page<T>> {
  const { fetch, keyOf, positionOf, prefix, delimiter, limit } = request;
  const items: T[] = [];
  const prefixes: string[] = [];
  let position = request.start;
  const page = (next: Position | undefined): Page<T> => ({ items, prefixes, next });
  if (limit === 0) return page(undefined);
  while (true) {
    const room = limit - items.length - prefixes.length;
    const fetched = await fetch(position, room + 1);
    let rolled = false;
    for (const item of fetched) {
      if (items.length + prefixes.length === limit) return page(position);
      const common = commonPrefix(keyOf(item), prefix, delimiter);
      if (common === undefined) {
        items.push(item);
        position = positionOf(item);
        continue;
      }
      // A marker that is itself a common prefix was on the page before.
      if (common !== request.start.after) prefixes.push(common);
      position = { past: common };
      rolled = true;
      break;
    }
    if (!rolled) return page(undefined);
  }
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

/**
 * How keys are written in a list.
 *
 * @returns the identity, or with `encoding-type=url` S3's URL encoding
 * @throws {S3Fault} InvalidArgument for another encoding
 */
export function keyEncoder(request: S3Request): (key: string) => string {
  const type = request.query.get("encoding-type");
  if (type === null || type === "") return (key) => key;
  if (type === "url") return encodeListed;
  throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type);
}

/** The form encoding, save that slashes stay. */
function encodeListed(key: string): string {
  return encodeURIComponent(key).replace(
    /%2F|%20|[!'()~]/g,
    (match) =>
      match === "%2F"
        ? "/"
        : match === "%20"
        ? "+"
        : "%" + match.charCodeAt(0).toString(16).toUpperCase(),
  );
}
