import fixtures from "s3cache-fixtures";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

const PREFIX = "web-max/s3/";

async function fill(attributes: string): Promise<void> {
  for (const [path, bytes] of Object.entries(fixtures)) {
    if (!path.startsWith(PREFIX)) continue;
    await bucketOf(attributes).put(path.slice(PREFIX.length), bytes);
  }
}

test("rm deletes what it is told to, with --yes; what is not there is an error", () =>
  withServer(async (attributes) => {
    await fill(attributes);
    const dry = await cli(["rm", "app", "--cache", attributes]);
    assertEquals([dry.status, dry.stdout], [
      0,
      "would delete app\nnothing was changed; --yes does it\n",
    ]);
    const wet = await cli(["rm", "app", "none", "--cache", attributes, "--yes"]);
    assertEquals([wet.status, wet.stdout], [1, "deleted app\n"]);
    assertStringIncludes(wet.stderr, "cache has no cache named none");
    assertEquals(await bucketOf(attributes).head("manifests/app"), undefined);
    assertEquals((await cli(["rm", "--cache", attributes])).status, 2);
  }));

test("copy brings caches below another prefix, where they verify", () =>
  withServer(async (attributes) => {
    await fill(attributes);
    const to = `${attributes},prefix=team/`;
    const out = await cli(["copy", "app", "--cache", attributes, "--to", to]);
    assertEquals(out.status, 0, out.stderr);
    assertMatch(
      out.stdout,
      /^copied to cache as app: 9 layers, 8 blobs: 8 copied \(1\.55 kB\), [\d.]+ s\n$/,
    );
    assert(await bucketOf(attributes).head("team/manifests/app"));
    assertEquals((await cli(["verify", "--deep", "--cache", to])).status, 0);
    const json = await cli(["copy", "app", "--cache", attributes, "--to", to, "--json"]);
    assertEquals(JSON.parse(json.stdout).blobs.reused, 8);
    const absent = await cli(["copy", "none", "--cache", attributes, "--to", to]);
    assertEquals([absent.status, absent.stdout], [1, ""]);
    assertStringIncludes(absent.stderr, "bucket cache has no cache named none");
  }));
