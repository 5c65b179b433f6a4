/**
 * Pages that show a cache and a bucket, each one file that needs no network. They are a module of
 * their own because laying out a drawing takes more code than all the rest.
 *
 * @example
 * ```ts
 * import { inspectCache, parseAttributes } from "@s3cache/s3cache";
 * import { renderCachePage } from "@s3cache/s3cache/html";
 *
 * const text = "type=s3,region=eu-west-1,bucket=ci-cache,anonymous=true";
 * const cache = await inspectCache("app", parseAttributes(text, { direction: "import" }), {
 *   fetch: () => Promise.resolve(new Response(`{"records":[{"digest":"sha256:${"5".repeat(64)}"}]}`)),
 * });
 * const page = await renderCachePage(cache!, Date.now());
 * console.assert(page.startsWith("<!doctype html>") && page.includes("555555555555"));
 * ```
 *
 * @module
 */
export type { CacheInput, LayerAnnotations } from "./src/cacheconfig/types.ts";
export type { Cost, Prices } from "./src/manage/cost.ts";
export { renderCachePage } from "./src/manage/html/cache_page.ts";
export { renderStatsPage } from "./src/manage/html/stats_page.ts";
export type {
  BlobState,
  CacheInspection,
  InspectedLayer,
  InspectedRecord,
  InspectedResult,
} from "./src/manage/inspect.ts";
export type { Holding } from "./src/manage/owners.ts";
export type {
  AgeClass,
  BlobTotals,
  CacheShare,
  CacheStats,
  StoredBlob,
} from "./src/manage/stats.ts";
