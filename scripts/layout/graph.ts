/**
 * Who imports what, as Deno resolves it: types and dynamic imports too.
 *
 * @module
 */
import { output } from "../process.ts";

/** One import of a file. */
export interface Import {
  /** 1 for the first. */
  line: number;
  /** A path relative to the root, or a specifier that is no file: `npm:`, `node:`, `https:`. */
  target: string;
}

/** The imports of each file, by its path relative to the root. */
export type Graph = Map<string, Import[]>;

interface Resolved {
  specifier: string;
  span: { start: { line: number } };
}

interface Module {
  specifier: string;
  error?: string;
  dependencies?: { code?: Resolved; type?: Resolved }[];
}

/**
 * Reads all that some files import, and what those import.
 *
 * @param root the tree
 * @param entries files to start from, relative to the root
 * @returns the graph
 * @throws {Error} if an import cannot be resolved
 */
export async function readGraph(root: string, entries: Iterable<string>): Promise<Graph> {
  const graph: Graph = new Map();
  const base = `file://${root}/`;
  const shorten = (specifier: string) =>
    specifier.startsWith(base) ? specifier.slice(base.length) : specifier;
  for (const entry of entries) {
    if (graph.has(entry)) continue;
    const text = await output([Deno.execPath(), "info", "--json", entry], { cwd: root });
    for (const { specifier, error, dependencies = [] } of JSON.parse(text).modules as Module[]) {
      if (error) throw new Error(`${entry} leads to ${shorten(specifier)}: ${error}`);
      if (!specifier.startsWith(base)) continue;
      const resolved = dependencies.flatMap(({ code, type }) => [code, type]);
      graph.set(
        shorten(specifier),
        resolved.filter((import_) => import_ !== undefined).map(({ specifier, span }) => ({
          line: span.start.line + 1,
          target: shorten(specifier),
        })),
      );
    }
  }
  return graph;
}
