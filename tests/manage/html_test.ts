import { cacheStats, marshalCacheConfig } from "s3cache";
import { graphOf } from "../../src/manage/graph.ts";
import { renderCachePage } from "../../src/manage/html/cache_page.ts";
import { layOutGraph, NODE } from "../../src/manage/html/graph_layout.ts";
import { markup } from "../../src/manage/html/markup.ts";
import { renderStatsPage } from "../../src/manage/html/stats_page.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../assert.ts";
import { test } from "../harness.ts";
import { testBucket } from "../transfer/bucket.ts";
import { configOf, digest } from "./configs.ts";
import { HOSTILE, HOSTILE_NAME, hostileConfig, inspected } from "./inspections.ts";
import { largeConfig } from "./large.ts";

const NOW = Date.parse("2026-01-15T00:00:00Z");

/** The elements that a page has of a kind, by their start tags. */
const tags = (html: string, name: string) => html.match(new RegExp(`<${name}\\b[^>]*>`, "g")) ?? [];

/** What no page may hold, whatever is in the bucket: elements of others, and ways out. */
function assertHarmless(html: string): void {
  assertEquals(tags(html, "script"), [
    '<script type="application/json" id="data">',
    "<script>",
  ]);
  for (const name of ["img", "iframe", "b", "object", "base", "form", "a"]) {
    assertEquals(tags(html, name), []);
  }
  assertEquals(tags(html, "link"), ['<link rel="icon" href="data:,">']);
  assertEquals(tags(html, "svg").length, 1);
  assertEquals(html.match(/<\/svg>/g)!.length, 1);
  // Event handlers are attributes: none is in any tag, once quoted values are left out.
  for (const tag of html.match(/<[a-z][^>]*>/g)!) {
    assert(!/\son\w+\s*=/.test(tag.replace(/"[^"]*"/g, "")), tag);
  }
  // The data is no text that anybody sees.
  assert(!/(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u.test(html.replace(/id="data">.*/, "")));
}

async function hostileStats() {
  const bucket = testBucket();
  await bucket.client.put(`manifests/${HOSTILE_NAME}`, marshalCacheConfig(configOf({ a: 1000 })));
  await bucket.client.put("manifests/main", marshalCacheConfig(configOf({ b: 20, c: 300 })));
  await bucket.client.put("manifests/pr", marshalCacheConfig(configOf({ c: 300 })));
  await bucket.client.put("manifests/</td><script>", "{");
  for (const [letter, size] of [["a", 1000], ["b", 20], ["c", 300], ["d", 700]] as const) {
    await bucket.client.put(`blobs/${digest(letter)}`, new Uint8Array(size));
  }
  return await cacheStats(bucket.options(), { ...bucket, largest: 3 });
}

test("values of a template are text, markup is not", () => {
  const inner = markup`<i title="${`"'`}">${"<&>\u0000"}</i>`;
  assertEquals(inner.text, '<i title="&quot;&#39;">&lt;&amp;&gt;\\u{0}</i>');
  assertEquals(markup`<p>${1}${inner}${[inner]}</p>`.text, `<p>1${inner.text}${inner.text}</p>`);
});

test("a cache with hostile names and selectors makes a harmless page", async () => {
  const html = await renderCachePage(
    await inspected(hostileConfig(), { a: 1000, b: 20 }, HOSTILE_NAME),
    NOW,
  );
  assertHarmless(html);
  assertStringIncludes(
    html,
    "<title>&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;--&gt;&lt;/script&gt;&lt;b&gt;</title>",
  );
  // The data carries the selector as it is, and the script reads it back.
  const [, json] = html.match(/id="data">(.*?)<\/script>/)!;
  assertEquals(JSON.parse(json!).records[2].inputs[0][0].selector, HOSTILE);
});

test("a record is a node in the colour of its state, an input an edge", async () => {
  const html = await renderCachePage(await inspected(hostileConfig(), { a: 1000, b: 20 }), NOW);
  const nodes = html.match(/class="item \w+"/g);
  assertEquals(nodes, ["whole", "whole", "broken", "none"].map((state) => `class="item ${state}"`));
  // Two inputs of a record by the same other record are one edge.
  const edges = html.match(/<path class="[^"]*" data-from="\d+" data-to="\d+"/g)!.sort();
  assertEquals(edges, [
    '<path class="edge alternative" data-from="0" data-to="2"',
    '<path class="edge" data-from="0" data-to="1"',
    '<path class="edge" data-from="1" data-to="2"',
  ]);
});

test("the policy of a page lets only its own script and style run", async () => {
  const html = await renderCachePage(await inspected(configOf({ a: 1 }), { a: 1 }), NOW);
  const [, policy] = html.match(/Content-Security-Policy" content="([^"]*)"/)!;
  for (const [directive, name] of [["style-src", "style"], ["script-src", "script"]] as const) {
    const [, source] = html.match(new RegExp(`<${name}>([^]*?)</${name}>`))!;
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
    const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
    assertStringIncludes(policy!, `${directive} 'sha256-${base64}';`);
  }
  assertMatch(policy!, /^default-src 'none'; /);
});

test("what a step needs is above it, and no node covers another", async () => {
  const graph = graphOf(await inspected(largeConfig(500), {}));
  const layout = layOutGraph(graph);
  for (const { from, to, points } of layout.edges) {
    assert(layout.nodes[from]![1] + NODE.height < layout.nodes[to]![1]);
    for (const [x] of points) assert(x >= 0 && x <= layout.width);
  }
  const boxes = layout.nodes.toSorted(([, a], [, b]) => a - b);
  for (const [i, [x, y]] of boxes.entries()) {
    for (const [otherX, otherY] of boxes.slice(i + 1)) {
      assert(Math.abs(x - otherX) >= NODE.width || otherY - y >= NODE.height);
    }
  }
  const pairs = [...new Set(graph.edges.map(({ from, to }) => `${from} ${to}`))];
  assertEquals(layout.edges.map(({ from, to }) => `${from} ${to}`).sort(), pairs.sort());
});

test("caches of no record, of many loose ones, and of too many", async () => {
  const empty = await renderCachePage(await inspected({ layers: [], records: [] }, {}), NOW);
  assertHarmless(empty);
  const loose = largeConfig(30);
  for (const record of loose.records) record.inputs = [];
  assertEquals(layOutGraph(graphOf(await inspected(loose, {}))).nodes.length, 30);
  const huge = await inspected(largeConfig(3001), {});
  await assertRejects(async () => await renderCachePage(huge, NOW), RangeError, "3001 records");
});

test("a bucket with hostile names makes a harmless page", async () => {
  const html = await renderStatsPage(await hostileStats(), HOSTILE_NAME, NOW);
  assertHarmless(html);
  assertStringIncludes(html, "<td>&lt;/td&gt;&lt;script&gt;</td>");
});

test("the treemap has each part of the bucket in its size", async () => {
  const html = await renderStatsPage(await hostileStats(), "cache", NOW);
  const cells = [...html.matchAll(
    /class="item (\w+)"[^>]*>\s*<title>([^<]*)<\/title>\s*<rect width="([\d.]+)" height="([\d.]+)"/g,
  )].map(([, kind, title, width, height]) => ({
    kind,
    title: title!.replace(/^.*: (?=sha|blobs|smaller)/, ""),
    area: Number(width) * Number(height),
  }));
  const age = "written 14 d ago";
  assertEquals(cells.map(({ kind, title }) => [kind, title]), [
    ["alone", `${digest("a")}, 1.00 kB, ${age}`],
    ["unreferenced", `${digest("d")}, 700 B, ${age}`],
    ["shared", `${digest("c")}, 300 B, ${age}`],
    ["alone", "blobs, 20 B"],
  ]);
  // Headings and gaps take their part, so areas are about as 1000 to 700 to 300.
  const [a, d, c] = cells.map(({ area }) => area) as [number, number, number];
  assert(Math.abs(d / a - 0.7) < 0.05 && Math.abs(c / a - 0.3) < 0.05, `${a} ${d} ${c}`);
});

test("an empty bucket has a page too", async () => {
  const bucket = testBucket();
  assertHarmless(await renderStatsPage(await cacheStats(bucket.options(), bucket), "cache", NOW));
});
