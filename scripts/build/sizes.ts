/**
 * What a bundle weighs.
 *
 * @module
 */

import { gzipSync } from "node:zlib";

/** Bytes of a bundle, as it travels. */
export function gzipSize(source: string): number {
  return gzipSync(source, { level: 9 }).length;
}

/** Kilobytes with one decimal. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
