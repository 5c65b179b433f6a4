/**
 * Where packages and node: modules may be named.
 *
 * @module
 */
import type { Graph } from "./graph.ts";
import { isPortable } from "./portable.ts";

/** Packages are named in files called deps.ts, and in the tests' own helpers. */
const NAMES_PACKAGES = /^((src|scripts)\/(\w+\/)?deps\.ts|tests\/\w+\.ts)$/;
/** An exact version, so that a build of today is the build of tomorrow. */
const PINNED = /^npm:\/?(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.]+)?(\/.*)?$/;

/** Finds packages and node: modules that are named where they must not be. */
export function checkDependencies(graph: Graph): string[] {
  const problems: string[] = [];
  for (const [file, imports] of graph) {
    for (const { line, target } of imports) {
      const place = `${file}:${line}: ${target}`;
      const scheme = /^\w+:/.exec(target)?.[0];
      if (scheme === "npm:") {
        if (!NAMES_PACKAGES.test(file)) problems.push(`${place}: only a deps.ts names packages`);
        else if (!PINNED.test(target)) problems.push(`${place}: no exact version`);
      } else if (scheme === "node:") {
        if (isPortable(file)) problems.push(`${place}: only src/runtime and src/cli may use it`);
      } else if (scheme) {
        problems.push(`${place}: neither a file nor an npm package`);
      }
    }
  }
  return problems;
}
