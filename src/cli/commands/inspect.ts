/**
 * `s3cache inspect`: what one cache holds, as tables, a document, a graph or a page.
 *
 * @module
 */
import type { CacheInput } from "../../cacheconfig/types.ts";
import { formatAge, formatBytes, plural, shortDigest } from "../../format.ts";
import { newestResult } from "../../manage/graph.ts";
import { type CacheInspection, inspectCache, type InspectedRecord } from "../../manage/inspect.ts";
import { renderCachePage } from "../../manage/html/cache_page.ts";
import { renderDot } from "../../manage/render_dot.ts";
import { renderMermaid } from "../../manage/render_mermaid.ts";
import { readAttributes } from "../common.ts";
import { type Command, Option } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";
import { type Column, formatTable } from "../table.ts";

const FORMATS: Record<string, (cache: CacheInspection) => string | Promise<string>> = {
  table: (cache) => describe(cache, Date.now()),
  json: (cache) => JSON.stringify(cache) + "\n",
  dot: renderDot,
  mermaid: renderMermaid,
  html: (cache) => renderCachePage(cache, Date.now()),
};

interface InspectOptions extends ManageOptions {
  format: string;
}

/** Adds the verb. */
export function addInspect(program: Command, io: Io): void {
  addManageOptions(
    program.command("inspect <name>")
      .description("look at one cache: its records, layers, and which blobs the bucket has lost")
      .addOption(
        new Option("--format <format>", "html is a page, dot for Graphviz, mermaid for Markdown")
          .choices(Object.keys(FORMATS)).default("table"),
      ),
  ).action((name: string, options: InspectOptions) => runInspect(name, options, io));
}

async function runInspect(name: string, options: InspectOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const cache = await withManageProgress(
    "inspect",
    options,
    io,
    (settings) => inspectCache(name, attributes, settings),
  );
  if (!cache) throw new Error(`${attributes.bucket} has no cache named ${name}`);
  io.stdout(await FORMATS[options.json ? "json" : options.format]!(cache));
}

function describe(cache: CacheInspection, now: number): string {
  const { records, layers, blobs, bytes, lost, manifestBytes, lastModified } = cache;
  const age = formatAge(now - lastModified.getTime());
  const summary = `${plural(records.length, "record")}, ${plural(layers.length, "layer")}, ` +
    `${plural(blobs, "blob")} (${formatBytes(bytes)}), ` +
    `manifest of ${formatBytes(manifestBytes)} written ${age} ago` +
    (lost > 0 ? `; ${plural(lost, "blob")} lost` : "");
  return [summary, describeRecords(cache), describeLayers(cache, now)].join("\n\n") + "\n";
}

function describeRecords({ records }: CacheInspection): string {
  const columns: Column[] = [
    { title: "RECORD", align: "right" },
    { title: "DIGEST" },
    { title: "INPUTS" },
    { title: "LAYERS", align: "right" },
    { title: "SIZE", align: "right" },
    { title: "MADE" },
    { title: "STATE" },
  ];
  return formatTable(
    columns,
    records.map((record, i) => {
      const result = newestResult(record);
      return [
        String(i),
        shortDigest(record.digest),
        record.inputs.map((alternatives) => alternatives.map(describeInput).join("|")).join(" "),
        ...(result
          ? [String(result.depth), formatBytes(result.bytes), result.createdAt]
          : ["-", "-", "-"]),
        describeState(record),
      ];
    }),
  );
}

function describeInput({ link, selector }: CacheInput): string {
  return selector === "" ? String(link) : `${link}[${shortDigest(selector)}]`;
}

function describeState({ results }: InspectedRecord): string {
  return results.some(({ broken }) => broken) ? "broken" : "";
}

function describeLayers({ layers }: CacheInspection, now: number): string {
  const columns: Column[] = [
    { title: "LAYER", align: "right" },
    { title: "ON", align: "right" },
    { title: "BLOB" },
    { title: "SIZE", align: "right" },
    { title: "AGE", align: "right" },
    { title: "STATE" },
  ];
  return formatTable(
    columns,
    layers.map(({ blob, parent, size, lastModified, state }, i) => [
      String(i),
      parent === -1 ? "" : String(parent),
      shortDigest(blob),
      formatBytes(size),
      lastModified ? formatAge(now - lastModified.getTime()) : "-",
      state === "present" ? "" : state,
    ]),
  );
}
