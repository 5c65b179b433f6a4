/** The pages of inspect and stats in a real browser. */
import { cacheStats, inspectCache, marshalCacheConfig } from "s3cache";
import { tool } from "../../scripts/tools.ts";
import { renderCachePage } from "../../src/manage/html/cache_page.ts";
import { renderStatsPage } from "../../src/manage/html/stats_page.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { HOSTILE, HOSTILE_NAME, hostileConfig, inspected } from "../manage/inspections.ts";
import { blobDigest, largeConfig, stepDigest } from "../manage/large.ts";
import { chromium, type Page } from "../playwright.ts";
import { testBucket } from "../transfer/bucket.ts";

const NOW = Date.parse("2026-01-15T00:00:00Z");
const IMAGES = new URL("../../docs/images/", import.meta.url);
/** Set it to keep the screenshots that the documentation shows. */
const KEEP = Deno.env.get("S3CACHE_SCREENSHOTS") !== undefined;

/** Chromium talks to nobody of its own accord, and runs as root in a container. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens pages in a browser, and fails if one of them complains or asks for anything. */
async function withBrowser(
  fn: (open: (html: string) => Promise<Page>) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "s3cache-test-" });
  const browser = await chromium.launch({
    executablePath: await tool("chromium"),
    args: ARGUMENTS,
  });
  const complaints: string[] = [];
  try {
    await fn(async (html) => {
      const file = `${directory}/page.html`;
      await Deno.writeTextFile(file, html);
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
      });
      await page.goto(`file://${file}`);
      return page;
    });
    assertEquals(complaints, []);
  } finally {
    await browser.close();
    await Deno.remove(directory, { recursive: true });
  }
}

async function screenshot(page: Page, name: string): Promise<void> {
  const image = await page.screenshot();
  assertEquals([...image.subarray(1, 4)], [...new TextEncoder().encode("PNG")]);
  if (KEEP) await Deno.writeFile(new URL(name, IMAGES), image);
}

/** A bucket with a cache of 500 steps of which a few have lost a blob, a second one, and leftovers. */
async function largeBucket() {
  const bucket = testBucket();
  const config = largeConfig(500);
  await bucket.client.put("manifests/main", marshalCacheConfig(config));
  await bucket.client.put("manifests/feature", marshalCacheConfig(largeConfig(120)));
  for (const [i, { blob, annotations }] of config.layers.entries()) {
    if (i % 97 === 15) continue;
    await bucket.client.put(`blobs/${blob}`, new Uint8Array(annotations!.size));
  }
  for (let i = 500; i < 540; i++) {
    await bucket.client.put(`blobs/${blobDigest(i)}`, new Uint8Array(50 * (i - 490)));
  }
  return bucket;
}

/** The part of the drawing that is to be seen: left, top, width, height. */
async function viewOf(page: Page): Promise<number[]> {
  return (await page.locator("svg").getAttribute("viewBox"))!.split(" ").map(Number);
}

test("a cache of 500 records: readable, searched, zoomed, looked into", () =>
  withBrowser(async (open) => {
    const bucket = await largeBucket();
    const cache = (await inspectCache("main", bucket.options(), bucket))!;
    const page = await open(await renderCachePage(cache, NOW));
    assertEquals(await page.locator(".item").count(), 500);
    // What is shown first can be read: a node is as wide as it was meant to be.
    const box = (await page.locator(".item").first().boundingBox())!;
    assert(box.width > 150 && box.width < 300, `a node is ${box.width} pixels wide`);
    // A lost blob is red.
    const fill = await page.locator(".item.broken rect").first().evaluate((rect) =>
      getComputedStyle(rect).fill
    );
    assertEquals(fill, "rgb(254, 202, 202)");

    await page.fill("#search", stepDigest(321));
    assertEquals(await page.textContent("#found"), "1 found");
    await page.press("#search", "Enter");
    assert(await page.locator(".match").isVisible());
    assertMatch((await page.textContent("#panel"))!, new RegExp(stepDigest(321)));
    // By a blob, all records are found whose results stand on it.
    await page.fill("#search", blobDigest(15));
    assertEquals(await page.textContent("#found"), "5 found");
    await page.press("#search", "Enter");
    assertEquals(await page.locator("#panel .broken").textContent(), "786 B, missing");
    await screenshot(page, "inspect.png");

    const before = await viewOf(page);
    await page.click("#closer");
    const closer = await viewOf(page);
    assert(closer[2]! < before[2]!);
    await page.mouse.move(300, 400);
    await page.mouse.down();
    await page.mouse.move(400, 500);
    await page.mouse.up();
    const moved = await viewOf(page);
    assert(moved[0]! < closer[0]! && moved[1]! < closer[1]! && moved[2] === closer[2]);
    await page.click("#all");
    assert((await viewOf(page))[3]! > 10_000);
  }));

test("hostile names and selectors are text, also in what the script shows", () =>
  withBrowser(async (open) => {
    const cache = await inspected(hostileConfig(), { a: 1000, b: 20 }, HOSTILE_NAME);
    const page = await open(await renderCachePage(cache, NOW));
    assertEquals(await page.textContent("h1"), HOSTILE_NAME);
    await page.locator(".item").nth(2).click();
    assertEquals(await page.locator("#panel code").nth(1).textContent(), HOSTILE);
    assertEquals(await page.locator("script").count(), 2);
    assertEquals(await page.locator("img, iframe, b").count(), 0);
    // From a record to the one that it needs.
    await page.getByRole("button", { name: "record 0" }).first().click();
    assertEquals(await page.textContent("#panel h2"), "Record 0");
  }));

test("the treemap of a bucket: drawn, searched", () =>
  withBrowser(async (open) => {
    const bucket = await largeBucket();
    const stats = await cacheStats(bucket.options(), bucket);
    const page = await open(await renderStatsPage(stats, "ci-cache", NOW));
    assertEquals(await page.locator("tbody tr").count(), 2);
    for (const kind of ["alone", "shared", "unreferenced"]) {
      assert(await page.locator(`.item.${kind}`).first().isVisible());
    }
    await screenshot(page, "stats.png");
    await page.fill("#search", stats.largest[0]!.digest.slice(7));
    assertEquals(await page.textContent("#found"), "1 found");
    await page.fill("#search", "nothing of this kind");
    assertEquals(await page.textContent("#found"), "0 found");
  }));
