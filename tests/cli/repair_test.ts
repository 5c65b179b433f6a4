import fixtures from "s3cache-fixtures";
import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

const PREFIX = "web-max/s3/";

test("repair tells what it would do, does it with --yes, and then verify is content", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    for (const [path, bytes] of Object.entries(fixtures)) {
      if (path.startsWith(PREFIX)) await bucket.put(path.slice(PREFIX.length), bytes);
    }
    const { value: lost } = await bucket.list({ prefix: "blobs/" }).next();
    await bucket.delete(lost.key);
    await bucket.put("manifests/bad", "{");
    const dry = await cli(["repair", "--cache", attributes]);
    const digest = lost.key.slice("blobs/".length);
    assertEquals(dry.status, 0);
    assertMatch(
      dry.stdout,
      new RegExp(
        `^app: ${digest} is not in the bucket\\napp: \\d+ results and \\d+ layers are left out\\n` +
          "would repair 1 of 2 caches\\nnothing was changed; --yes does it\\n$",
      ),
    );
    assertStringIncludes(dry.stderr, "left as it is: bad: manifests/bad");
    const wet = await cli(["repair", "--cache", attributes, "--yes", "--json"]);
    const { dryRun, repaired } = JSON.parse(wet.stdout);
    assertEquals([dryRun, repaired[0].blobs[0].digest], [false, digest]);
    await bucket.delete("manifests/bad");
    assertEquals((await cli(["verify", "--cache", attributes])).status, 0);
    const nothing = await cli(["repair", "--cache", attributes, "--yes"]);
    assertEquals([nothing.stdout, nothing.stderr], ["repaired 0 of 1 caches\n", ""]);
  }));
