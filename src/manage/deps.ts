/**
 * The only file of this folder that names dependencies: what lays out drawings. mod.ts does not
 * reach it, so that the core stays small.
 *
 * @module
 */

/** Layered layout of directed graphs. */
export {
  coordGreedy,
  decrossTwoLayer,
  graph as createDag,
  layeringLongestPath,
  sugiyama,
} from "npm:d3-dag@1.2.2";
/** Treemaps. */
// @ts-types="npm:@types/d3-hierarchy@3.1.7"
export { hierarchy, treemap } from "npm:d3-hierarchy@3.1.3";
