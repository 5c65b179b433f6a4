/**
 * `s3cache stats`: what fills a bucket, and what that costs.
 *
 * @module
 */
import { formatAge, formatBytes, formatMoney, plural } from "../../format.ts";
import { AWS_PRICES, type Prices } from "../../manage/cost.ts";
import { renderStatsPage } from "../../manage/html/stats_page.ts";
import { type AgeClass, type BlobTotals, type CacheStats, cacheStats } from "../../manage/stats.ts";
import { readAttributes } from "../common.ts";
import { type Command, InvalidArgumentError, Option } from "../deps.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";
import { type Column, formatTable } from "../table.ts";

interface StatsOptions extends ManageOptions {
  format: "table" | "json" | "html";
  priceStorage: number;
  priceWrites: number;
  priceReads: number;
}

/** Adds the verb. */
export function addStats(program: Command, io: Io): void {
  const price = (flag: string, what: string, value: number) =>
    new Option(`--price-${flag} <amount>`, `price of ${what}`).argParser(parsePrice).default(value);
  addManageOptions(
    program.command("stats")
      .description("measure what fills a bucket: what is in use, shared, held by nothing; its cost")
      .addOption(
        new Option("--format <format>", "html is a page with a treemap")
          .choices(["table", "json", "html"]).default("table"),
      )
      .addOption(price("storage", "1 GiB for a month", AWS_PRICES.storage))
      .addOption(price("writes", "1,000 PUT, COPY, POST or LIST requests", AWS_PRICES.writes))
      .addOption(price("reads", "1,000 GET or HEAD requests", AWS_PRICES.reads)),
  ).action((options: StatsOptions) => runStats(options, io));
}

async function runStats(options: StatsOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const prices: Prices = {
    storage: options.priceStorage,
    writes: options.priceWrites,
    reads: options.priceReads,
  };
  const stats = await withManageProgress(
    "stats",
    options,
    io,
    (settings) => cacheStats(attributes, { ...settings, prices }),
  );
  const now = Date.now();
  const format = options.json ? "json" : options.format;
  if (format === "html") io.stdout(await renderStatsPage(stats, attributes.bucket, now));
  else if (format === "json") io.stdout(JSON.stringify(stats) + "\n");
  else io.stdout(describe(stats, now) + "\n");
}

function describe(stats: CacheStats, now: number): string {
  const parts = [describeBlobs(stats)];
  if (stats.caches.length > 0) parts.push(describeCaches(stats, now));
  parts.push(describeCost(stats));
  const { unreadable } = stats.manifests;
  if (unreadable > 0) {
    parts.push(
      `${plural(unreadable, "manifest")} could not be read (ls tells why): ` +
        "blobs that only these hold count as unreferenced",
    );
  }
  return parts.join("\n\n");
}

function describeBlobs({ live, shared, unreferenced, missing }: CacheStats): string {
  const row = (what: string, { blobs, bytes }: BlobTotals) => [
    what,
    String(blobs),
    formatBytes(bytes),
  ];
  const rows = [
    row("in use", live),
    row("  by several caches", shared),
    row("unreferenced", unreferenced),
    ...unreferenced.byAge.filter(({ blobs }) => blobs > 0)
      .map((age) => row(`  ${describeAge(age)}`, age)),
    ...(missing > 0 ? [["missing", String(missing), ""]] : []),
  ];
  const columns: Column[] = [
    { title: "BLOBS" },
    { title: "COUNT", align: "right" },
    { title: "SIZE", align: "right" },
  ];
  return formatTable(columns, rows);
}

function describeAge({ minDays, maxDays }: AgeClass): string {
  return maxDays === undefined
    ? `${minDays} days or older`
    : minDays === 0
    ? `under ${plural(maxDays, "day")}`
    : `${minDays} to ${maxDays} days`;
}

function describeCaches({ caches, dedupRatio }: CacheStats, now: number): string {
  const columns: Column[] = [
    { title: "NAME" },
    { title: "AGE", align: "right" },
    { title: "BLOBS", align: "right" },
    { title: "SIZE", align: "right" },
    { title: "ALONE", align: "right" },
  ];
  // What deleting would free is why one looks.
  const rows = caches.toSorted((a, b) => b.exclusiveBytes - a.exclusiveBytes).map((cache) => [
    cache.name,
    formatAge(now - cache.lastModified.getTime()),
    ...(cache.problem === undefined
      ? [String(cache.blobs), formatBytes(cache.bytes), formatBytes(cache.exclusiveBytes)]
      : ["-", "-", "-"]),
  ]);
  return `${formatTable(columns, rows)}\n` +
    `ALONE is what deleting the name makes unreferenced. Deduplication: ${dedupRatio.toFixed(2)}`;
}

function describeCost({ cost }: CacheStats): string {
  const { prices } = cost;
  return `storage ${formatMoney(cost.storagePerMonth)} a month, ` +
    `${
      formatMoney(cost.unreferencedPerMonth)
    } of it unreferenced; touching everything in use once ` +
    `${formatMoney(cost.touch)}; importing each cache once ${formatMoney(cost.import)}\n` +
    `(at ${prices.storage} for 1 GiB a month, ${prices.writes} for 1,000 writes, ` +
    `${prices.reads} for 1,000 reads; without traffic)`;
}

function parsePrice(text: string): number {
  const price = Number(text);
  if (text.trim() === "" || !Number.isFinite(price) || price < 0) {
    throw new InvalidArgumentError("expected an amount such as 0.023");
  }
  return price;
}
