/**
 * Whether an object is still the one that was seen before.
 *
 * @module
 */
import type { ObjectInfo } from "../s3/types.ts";

/** What a listing says of a version of an object, to be compared with another listing. */
export function versionOf({ etag, lastModified }: ObjectInfo): string {
  return `${etag} ${lastModified.getTime()}`;
}

/** Whether HEAD and a listing speak of the same version: only one of them may know milliseconds. */
export function isSameVersion(a: ObjectInfo, b: ObjectInfo): boolean {
  return a.size === b.size && seconds(a.lastModified) === seconds(b.lastModified) &&
    bare(a.etag) === bare(b.etag);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** Some servers leave the quotes out of listings. */
function bare(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}
