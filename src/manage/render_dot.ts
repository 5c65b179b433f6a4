/**
 * The graph of a cache for Graphviz.
 *
 * @module
 */
import { printable } from "../format.ts";
import { graphOf, type NodeState } from "./graph.ts";
import type { CacheInspection } from "./inspect.ts";

const STYLES: Record<NodeState, string> = {
  none: `style=dashed`,
  whole: `style=filled, fillcolor="#dbeafe"`,
  broken: `style=filled, fillcolor="#fecaca", color="#b91c1c"`,
};

/**
 * Writes the graph of a cache in Graphviz' DOT: what a step needs is above it, alternatives are
 * dashed, results that have lost a blob are red.
 *
 * @param inspection a cache that was looked at
 * @returns a document for `dot -Tsvg`
 */
export function renderDot(inspection: CacheInspection): string {
  const { nodes, edges } = graphOf(inspection);
  const lines = [
    `digraph ${quote(inspection.name)} {`,
    `  node [shape=box, fontname="sans-serif", fontsize=10];`,
    `  edge [fontname="sans-serif", fontsize=8];`,
    ...nodes.map(({ lines, state }, i) =>
      `  r${i} [label=${quote(lines.join("\n"))}, ${STYLES[state]}];`
    ),
    ...edges.map(({ from, to, label, isAlternative }) => {
      const attributes = [
        ...(label === "" ? [] : [`label=${quote(label)}`]),
        ...(isAlternative ? ["style=dashed"] : []),
      ];
      return `  r${from} -> r${to}${attributes.length > 0 ? ` [${attributes.join(", ")}]` : ""};`;
    }),
    "}",
  ];
  return lines.join("\n") + "\n";
}

/** A string of DOT. A backslash begins an escape there, such as `\N` for the node's name. */
function quote(text: string): string {
  const lines = text.split("\n").map((line) =>
    printable(line).replaceAll("\\", "\\\\").replaceAll('"', '\\"')
  );
  return `"${lines.join("\\n")}"`;
}
