/**
 * The page of one cache: its graph.
 *
 * @module
 */
import { formatAge, formatBytes, plural } from "../../format.ts";
import { graphOf } from "../graph.ts";
import type { CacheInspection } from "../inspect.ts";
import { type DrawnEdge, layOutGraph, NODE, type Point } from "./graph_layout.ts";
import { type Markup, markup } from "./markup.ts";
import { renderPage } from "./page.ts";
import { CACHE_SCRIPT } from "./scripts.ts";

const MARGIN = 20;
const LABEL_LENGTH = 24;

/**
 * Draws a cache as a page for a browser that needs no network: the graph of its records, with zoom,
 * search, and what each record holds.
 *
 * @param inspection a cache that was looked at
 * @param now milliseconds since 1970, for ages
 * @returns an HTML document
 * @throws {RangeError} if the cache has too many records to be drawn
 */
export function renderCachePage(inspection: CacheInspection, now: number): Promise<string> {
  const { name, records, layers, blobs, bytes, lost, lastModified } = inspection;
  return renderPage({
    title: name,
    summary: `${plural(records.length, "record")}, ${plural(layers.length, "layer")}, ` +
      `${plural(blobs, "blob")} (${formatBytes(bytes)}), ` +
      `${lost === 0 ? "none" : lost} lost; written ${formatAge(now - lastModified.getTime())} ago`,
    legend: { whole: "has a result", none: "has no result", broken: "has lost a blob" },
    drawing: draw(inspection),
    panel: markup`<p>Choose a record to see what it holds.</p>`,
    data: { now, records, layers },
    script: CACHE_SCRIPT,
  });
}

function draw(inspection: CacheInspection): Markup {
  const graph = graphOf(inspection);
  const layout = layOutGraph(graph);
  const box = [-MARGIN, -MARGIN, layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  const nodes = graph.nodes.map(({ lines, state }, i) => {
    const [x, y] = layout.nodes[i]!;
    const [title = "", details = "no result"] = lines;
    return markup`<g class="item ${state}" transform="translate(${round(x)} ${
      round(y)
    })" tabindex="0" role="button">
<rect x="${-NODE.width / 2}" y="${
      -NODE.height / 2
    }" width="${NODE.width}" height="${NODE.height}" rx="4"/>
<text class="title" x="${8 - NODE.width / 2}" y="-4">${title}</text>
<text x="${8 - NODE.width / 2}" y="12">${details}</text>
</g>`;
  });
  return markup`<svg viewBox="${box.map(round).join(" ")}" role="group" aria-label="Graph">
${layout.edges.map(drawEdge)}
${nodes}
</svg>`;
}

function drawEdge({ from, to, edges, points }: DrawnEdge): Markup {
  const labels = edges.map(({ label }) => label).filter((label) => label !== "");
  const [[fromX, fromY], [toX, toY]] = points.slice(-2) as [Point, Point];
  const label = labels.length === 0
    ? markup``
    : markup`<text class="label" x="${round((fromX + toX) / 2)}" y="${round((fromY + toY) / 2)}">${
      shorten(labels)
    }</text>`;
  const kind = edges.every(({ isAlternative }) => isAlternative) ? "edge alternative" : "edge";
  return markup`<path class="${kind}" data-from="${from}" data-to="${to}" d="${
    pathOf(points)
  }"/>${label}`;
}

function shorten(labels: string[]): string {
  const more = labels.length > 1 ? ` +${labels.length - 1}` : "";
  const chars = [...labels[0]!];
  const cut = chars.length > LABEL_LENGTH;
  return (cut ? chars.slice(0, LABEL_LENGTH).join("") + "…" : chars.join("")) + more;
}

/** A curve that leaves and arrives upright. */
function pathOf(points: Point[]): string {
  const [start, ...rest] = points;
  let path = `M${start!.map(round).join(" ")}`;
  let [x, y] = start!;
  for (const [nextX, nextY] of rest) {
    const middle = round((y + nextY) / 2);
    path += `C${round(x)} ${middle} ${round(nextX)} ${middle} ${round(nextX)} ${round(nextY)}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
