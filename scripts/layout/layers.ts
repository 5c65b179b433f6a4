/**
 * The order of the layers: a folder imports only from itself and from those before it.
 *
 * @module
 */
import type { Graph } from "./graph.ts";

/** mod.ts and its like, in the root: nothing of ours imports them. */
const ENTRIES = "the entry points";

const LAYERS = [
  "src",
  "src/runtime",
  "src/attributes",
  "src/s3",
  "src/credentials",
  "src/cacheconfig",
  "src/oci",
  "src/transfer",
  "src/manage",
  "src/registry",
  "src/devserver",
  "src/cli",
  ENTRIES,
];

/** Finds imports of a later layer, and of files that belong to none. */
export function checkLayers(graph: Graph): string[] {
  const problems: string[] = [];
  for (const [file, imports] of graph) {
    const layer = layerOf(file);
    if (layer === undefined) continue;
    for (const { line, target } of imports) {
      // Only the version is read from it.
      if (target.includes(":") || target === "deno.json") continue;
      const imported = layerOf(target);
      if (imported === undefined) {
        problems.push(`${file}:${line}: ${target} is no part of the library`);
      } else if (imported > layer) {
        problems.push(
          `${file}:${line}: ${LAYERS[layer]} comes before ${LAYERS[imported]} (${target})`,
        );
      }
    }
  }
  for (const file of graph.keys()) {
    if (file.startsWith("src/") && layerOf(file) === undefined) {
      problems.push(`${file}: its folder has no place among the layers`);
    }
  }
  return problems;
}

function layerOf(file: string): number | undefined {
  const folders = file.split("/").slice(0, -1);
  const layer = folders.length === 0 ? ENTRIES : folders.slice(0, 2).join("/");
  const index = LAYERS.indexOf(layer);
  return index < 0 ? undefined : index;
}
