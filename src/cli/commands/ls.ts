/**
 * `s3cache ls`: which caches a bucket holds.
 *
 * @module
 */
import { formatAge, formatBytes } from "../../format.ts";
import { type CacheSummary, listCaches } from "../../manage/list.ts";
import { readAttributes } from "../common.ts";
import type { Command } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";
import { type Column, formatTable } from "../table.ts";

/** Adds the verb. */
export function addLs(program: Command, io: Io): void {
  addManageOptions(
    program.command("ls").description("list the caches of a bucket: age, layers, sizes, problems"),
  ).action((options: ManageOptions) => runLs(options, io));
}

async function runLs(options: ManageOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const caches = await withManageProgress(
    "ls",
    options,
    io,
    (settings) => listCaches(attributes, settings),
  );
  const text = caches.length === 0
    ? `${attributes.bucket} has no caches below ${attributes.prefix}${attributes.manifestsPrefix}`
    : describe(caches, Date.now());
  io.stdout((options.json ? JSON.stringify({ caches }) : text) + "\n");
}

function describe(caches: CacheSummary[], now: number): string {
  const columns: Column[] = [
    { title: "NAME" },
    { title: "AGE", align: "right" },
    { title: "RECORDS", align: "right" },
    { title: "LAYERS", align: "right" },
    { title: "SIZE", align: "right" },
    { title: "SHARED", align: "right" },
  ];
  // Most buckets have neither, and then nobody wants to see the words.
  const hasUnspoken = caches.some(({ ref }) => ref === undefined);
  if (hasUnspoken) columns.push({ title: "REFERENCE" });
  const hasProblems = caches.some(({ problem }) => problem !== undefined);
  if (hasProblems) columns.push({ title: "PROBLEM" });
  const rows = caches.map(({ problem, ...cache }) => [
    cache.name,
    formatAge(now - cache.lastModified.getTime()),
    ...(problem === undefined
      ? [
        String(cache.records),
        String(cache.layers),
        formatBytes(cache.bytes),
        formatBytes(cache.sharedBytes),
      ]
      : ["-", "-", "-", "-"]),
    // No reference can spell every name: the gateway refuses such a one.
    ...(hasUnspoken ? [cache.ref ?? "none"] : []),
    ...(hasProblems ? [problem ?? ""] : []),
  ]);
  return formatTable(columns, rows);
}
