/**
 * Joins caches.
 *
 * @module
 */
import { CacheGraph } from "./graph.ts";
import type { CacheConfig } from "./types.ts";

/**
 * Joins caches into one: records that name the same key become one, whatever their indices, and of
 * its results the newest is kept. The order of the caches plays no part.
 *
 * @example
 * ```ts
 * import { mergeCacheConfigs, parseCacheConfig } from "@s3cache/s3cache";
 *
 * const cacheOf = (step: string, day: number) =>
 *   parseCacheConfig(JSON.stringify({
 *     layers: [{ blob: "sha256:" + `${day}`.repeat(64), parent: -1 }],
 *     records: [{
 *       digest: "sha256:" + step.repeat(64),
 *       layers: [{ layer: 0, createdAt: `2026-01-0${day}T00:00:00Z` }],
 *     }],
 *   }));
 * const merged = mergeCacheConfigs([cacheOf("a", 1), cacheOf("b", 2), cacheOf("a", 3)]);
 * console.assert(merged.records.length === 2);
 * console.assert(merged.records[0]?.layers[0]?.createdAt === "2026-01-03T00:00:00Z");
 * ```
 *
 * @param configs parsed configs
 * @returns a new config, in an order that depends on nothing but the graph
 */
export function mergeCacheConfigs(configs: Iterable<CacheConfig>): CacheConfig {
  const graph = new CacheGraph();
  for (const config of configs) graph.addConfig(config);
  return graph.toConfig();
}
