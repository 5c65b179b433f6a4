import { marshalCacheConfig } from "s3cache";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { configOf, digest } from "../manage/configs.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

test("tables for people, a document for programs", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    await bucket.put("manifests/main", marshalCacheConfig(configOf({ a: 1000, b: 20 })));
    await bucket.put("manifests/pr", marshalCacheConfig(configOf({ b: 20, c: 5 })));
    for (const [letter, size] of [["a", 1000], ["b", 20], ["d", 777]] as const) {
      await bucket.put(`blobs/${digest(letter)}`, new Uint8Array(size));
    }
    const out = await cli(["stats", "--cache", attributes]);
    assertEquals([out.status, out.stderr], [0, ""]);
    for (
      const line of [
        /^in use +2 +1.02 kB$/m,
        /^ {2}by several caches +1 +20 B$/m,
        /^unreferenced +1 +777 B$/m,
        /^ {2}under 1 day +1 +777 B$/m,
        /^missing +1$/m,
        /^main +\d+ s +2 +1.02 kB +1.00 kB$/m,
        /^pr +\d+ s +2 +25 B +5 B$/m,
        /Deduplication: 1\.02/,
      ]
    ) assertMatch(out.stdout, line);
    const page = await cli(["stats", "--cache", attributes, "--format", "html"]);
    assertMatch(page.stdout, /^<!doctype html>[^]*<title>cache<\/title>/);
    const prices = ["--price-storage", "1e6", "--price-writes", "0", "--price-reads", "1"];
    const json = await cli(["stats", "--cache", attributes, "--json", ...prices]);
    const stats = JSON.parse(json.stdout);
    assertEquals(stats.live, { blobs: 2, bytes: 1020 });
    assertEquals(stats.cost.prices, { storage: 1e6, writes: 0, reads: 1 });
    assertEquals([stats.cost.touch, stats.cost.import], [0.002, 0.006]);
  }));

test("a manifest that cannot be read is said to be", () =>
  withServer(async (attributes) => {
    await bucketOf(attributes).put("manifests/bad", "{");
    const out = await cli(["stats", "--cache", attributes]);
    assertMatch(out.stdout, /^bad +\d+ s +- +- +-$/m);
    assertStringIncludes(out.stdout, "1 manifest could not be read");
  }));

test("a price that is none is wrong usage", async () => {
  for (const price of ["", "free", "-1", "Infinity"]) {
    const out = await cli(["stats", "--cache", "type=s3", `--price-storage=${price}`]);
    assertEquals(out.status, 2);
    assertStringIncludes(out.stderr, "--price-storage");
  }
});
