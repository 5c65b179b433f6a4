import { marshalCacheConfig } from "s3cache";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { digest } from "../manage/configs.ts";
import { hostileConfig } from "../manage/inspections.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

test("a cache in every format", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    await bucket.put("manifests/team/app", marshalCacheConfig(hostileConfig()));
    await bucket.put(`blobs/${digest("a")}`, new Uint8Array(1000));
    await bucket.put(`blobs/${digest("b")}`, new Uint8Array(20));
    const inspect = async (...argv: string[]) => {
      const out = await cli(["inspect", "team/app", "--cache", attributes, ...argv]);
      assertEquals([out.status, out.stderr], [0, ""]);
      return out.stdout;
    };
    const table = await inspect();
    for (
      const line of [
        /^4 records, 3 layers, 3 blobs \(1.02 kB\), .* ago; 1 blob lost$/m,
        /^ +0 {2}a{12} +1 +1.00 kB {2}2026-01-01T00:00:00Z$/m,
        /^ +1 {2}b{12} {2}0 +2 +1.02 kB {2}2026-01-01T00:00:00Z$/m,
        /^ +2 {2}c{12} {2}1\[.*\\u\{a\}.*\] 0\|1\[f{12}\] +3 +1.02 kB {2}2026-01-01T00:00:00Z {2}broken$/m,
        /^ +0 +a{12} +1.00 kB +\d+ s$/m,
        /^ +2 +1 {2}c{12} +3 B +- {2}missing$/m,
      ]
    ) assertMatch(table, line);
    const json = JSON.parse(await inspect("--json"));
    assertEquals(json, JSON.parse(await inspect("--format", "json")));
    assertEquals([json.name, json.records.length, json.layers[2].state, json.lost], [
      "team/app",
      4,
      "missing",
      1,
    ]);
    assertStringIncludes(await inspect("--format", "dot"), 'digraph "team/app" {');
    assertStringIncludes(await inspect("--format", "mermaid"), "flowchart TB");
    assertMatch(await inspect("--format", "html"), /^<!doctype html>[^]*<title>team\/app<\/title>/);
  }));

test("a name that the bucket does not have, and a format that there is not", () =>
  withServer(async (attributes) => {
    const absent = await cli(["inspect", "app", "--cache", attributes]);
    assertEquals([absent.status, absent.stdout, absent.stderr], [
      1,
      "",
      "s3cache: cache has no cache named app\n",
    ]);
    assertEquals((await cli(["inspect", "--cache", attributes])).status, 2);
    assertEquals((await cli(["inspect", "app", "--cache", attributes, "--format=x"])).status, 2);
  }));
