/**
 * The page of a bucket: a treemap of what fills it.
 *
 * @module
 */
import { formatAge, formatBytes, formatMoney, plural, shortDigest } from "../../format.ts";
import { hierarchy, treemap } from "../deps.ts";
import type { CacheStats, StoredBlob } from "../stats.ts";
import { type Markup, markup } from "./markup.ts";
import { renderPage } from "./page.ts";
import { STATS_SCRIPT } from "./scripts.ts";

const WIDTH = 1200;
const HEIGHT = 800;
const HEADING = 18;
/** Room that a letter takes, to know which words fit into a cell. */
const LETTER_WIDTH = 6.5;

/** A part of the bucket. Its size is in its leaves. */
interface Area {
  /** How it is coloured; the legend explains it. */
  kind: "alone" | "shared" | "unreferenced";
  title: string;
  /** Shown beside a pointer, and found by a search. */
  details: string;
  bytes?: number;
  children?: Area[];
}

/**
 * Draws what fills a bucket as a page for a browser that needs no network: a treemap of what each
 * cache alone holds, what several hold and what none holds, with the largest blobs in it.
 *
 * @param stats of the bucket
 * @param bucket its name
 * @param now milliseconds since 1970, for ages
 * @returns an HTML document
 */
export function renderStatsPage(stats: CacheStats, bucket: string, now: number): Promise<string> {
  const { live, unreferenced, manifests, dedupRatio, cost } = stats;
  const bytes = live.bytes + unreferenced.bytes + manifests.bytes;
  return renderPage({
    title: bucket,
    summary: `${formatBytes(bytes)}, ${formatBytes(unreferenced.bytes)} of it unreferenced; ` +
      `${plural(manifests.count, "cache")}, deduplication ${dedupRatio.toFixed(2)}; ` +
      `${formatMoney(cost.storagePerMonth)} a month`,
    legend: {
      alone: "held by one cache",
      shared: "held by several",
      unreferenced: "unreferenced",
    },
    drawing: draw(areasOf(stats, now)),
    panel: tableOf(stats, now),
    data: null,
    script: STATS_SCRIPT,
  });
}

function areasOf(stats: CacheStats, now: number): Area[] {
  const { caches, shared, unreferenced } = stats;
  const blobs = new Map<string | boolean, StoredBlob[]>();
  for (const blob of stats.largest) {
    const key = blob.name ?? blob.caches > 1;
    blobs.set(key, [...blobs.get(key) ?? [], blob]);
  }
  const area = (kind: Area["kind"], title: string, bytes: number, key: string | boolean): Area => {
    const children = (blobs.get(key) ?? []).map(({ digest, size, lastModified }): Area => ({
      kind,
      title: shortDigest(digest),
      details: `${title}: ${digest}, ${formatBytes(size)}, ` +
        `written ${formatAge(now - lastModified.getTime())} ago`,
      bytes: size,
    }));
    const rest = bytes - children.reduce((sum, { bytes }) => sum + bytes!, 0);
    if (rest > 0) {
      const what = children.length > 0 ? "smaller blobs" : "blobs";
      const details = `${title}: ${what}, ${formatBytes(rest)}`;
      children.push({ kind, title: what, details, bytes: rest });
    }
    return { kind, title, details: `${title}: ${formatBytes(bytes)}`, children };
  };
  return [
    ...caches.map(({ name, exclusiveBytes }) => area("alone", name, exclusiveBytes, name)),
    area("shared", "several caches", shared.bytes, true),
    area("unreferenced", "unreferenced", unreferenced.bytes, false),
  ].filter(({ children }) => children!.length > 0);
}

function draw(areas: Area[]): Markup {
  const root: Area = { kind: "alone", title: "", details: "", children: areas };
  const tree = hierarchy(root)
    .sum(({ bytes = 0 }) => bytes)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const map = treemap<Area>().size([WIDTH, HEIGHT]).paddingInner(2).paddingOuter(2)
    .paddingTop(({ depth }) => depth === 1 ? HEADING : 2)(tree);
  const leaves = map.leaves().filter(({ depth }) => depth === 2).map(({ data, ...place }) => {
    const { x0, y0, x1, y1 } = place;
    return markup`<g class="item ${data.kind}" transform="translate(${round(x0)} ${round(y0)})">
<title>${data.details}</title>
<rect width="${round(x1 - x0)}" height="${round(y1 - y0)}"/>
<text class="title" x="4" y="14">${y1 - y0 < HEADING ? "" : fit(data.title, x1 - x0)}</text>
</g>`;
  });
  const groups = (map.children ?? []).map(({ data, x0, y0, x1, y1 }) =>
    markup`<rect class="group" x="${round(x0)}" y="${round(y0)}" width="${
      round(x1 - x0)
    }" height="${round(y1 - y0)}"/>
<text x="${round(x0 + 4)}" y="${round(y0 + 13)}">${
      y1 - y0 < HEADING ? "" : fit(data.details, x1 - x0)
    }</text>`
  );
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="group" aria-label="Treemap">
${leaves}
${groups}
</svg>`;
}

/** As much of a text as a cell has room for. */
function fit(text: string, width: number): string {
  const room = Math.floor((width - 8) / LETTER_WIDTH);
  const chars = [...text];
  if (chars.length <= room) return text;
  return room < 4 ? "" : chars.slice(0, room - 1).join("") + "…";
}

function tableOf({ caches }: CacheStats, now: number): Markup {
  const rows = caches.toSorted((a, b) => b.exclusiveBytes - a.exclusiveBytes).map((cache) => {
    const age = formatAge(now - cache.lastModified.getTime());
    return cache.problem === undefined
      ? markup`<tr><td>${cache.name}</td><td>${age}</td><td>${formatBytes(cache.bytes)}</td><td>${
        formatBytes(cache.exclusiveBytes)
      }</td></tr>`
      : markup`<tr><td>${cache.name}</td><td>${age}</td><td colspan="2" class="broken">${cache.problem}</td></tr>`;
  });
  return markup`<table>
<thead><tr><th>Cache</th><th>Age</th><th>Size</th><th title="What deleting it makes unreferenced">Alone</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
