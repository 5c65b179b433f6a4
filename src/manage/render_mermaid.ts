/**
 * The graph of a cache for Mermaid, which GitHub and GitLab draw in Markdown.
 *
 * @module
 */
import { graphOf } from "./graph.ts";
import type { CacheInspection } from "./inspect.ts";

/**
 * Writes the graph of a cache as a Mermaid flowchart: what a step needs is above it, alternatives
 * are dashed, results that have lost a blob are red.
 *
 * @param inspection a cache that was looked at
 * @returns the text for a `mermaid` code block
 */
export function renderMermaid(inspection: CacheInspection): string {
  const { nodes, edges } = graphOf(inspection);
  const lines = [
    "flowchart TB",
    ...nodes.map(({ lines, state }, i) =>
      `  r${i}["${lines.map(escape).join("<br>")}"]:::${state}`
    ),
    ...edges.map(({ from, to, label, isAlternative }) => {
      const arrow = isAlternative ? "-.->" : "-->";
      return `  r${from} ${arrow}${label === "" ? "" : `|"${escape(label)}"|`} r${to}`;
    }),
    "  classDef none stroke-dasharray:4",
    "  classDef whole fill:#dbeafe",
    "  classDef broken fill:#fecaca,stroke:#b91c1c",
  ];
  return lines.join("\n") + "\n";
}

/** Mermaid reads HTML and Markdown in labels: all that is not plainly text becomes an entity. */
function escape(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:/·_-]/gu, (char) => `#${char.codePointAt(0)};`);
}
