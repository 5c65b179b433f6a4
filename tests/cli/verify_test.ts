import fixtures from "s3cache-fixtures";
import { assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

const PREFIX = "web-max/s3/";

test("verify exits 0 for a sound bucket, and 3 with a list of what is wrong", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    for (const [path, bytes] of Object.entries(fixtures)) {
      if (path.startsWith(PREFIX)) await bucket.put(path.slice(PREFIX.length), bytes);
    }
    const sound = await cli(["verify", "--cache", attributes, "--deep"]);
    assertEquals([sound.status, sound.stderr], [0, ""]);
    assertMatch(sound.stdout, /^1 cache, 8 blobs, 1\.55 kB: no problems, \d+\.\d s\n$/);

    await bucket.put("manifests/bad\x1b[2J", "{");
    const { value: lost } = await bucket.list({ prefix: "blobs/" }).next();
    await bucket.delete(lost.key);
    const broken = await cli(["verify", "--cache", attributes]);
    assertEquals([broken.status, broken.stderr], [3, ""]);
    const [missing, bad, summary] = broken.stdout.split("\n");
    assertEquals(missing, `app: ${lost.key.slice("blobs/".length)} is not in the bucket`);
    assertMatch(bad!, /^bad\\u\{1b\}\[2J: manifests\/bad/);
    assertMatch(summary!, /: 2 problems, /);

    const json = await cli(["verify", "--cache", attributes, "--json"]);
    const { manifests, problems } = JSON.parse(json.stdout);
    assertEquals([json.status, manifests, problems.length], [3, 2, 2]);
    assertEquals([problems[0].kind, problems[0].name], ["missing", "app"]);
  }));

test("verify fails with 1 on a bucket that cannot be read", () =>
  withServer(async (attributes) => {
    const out = await cli(["verify", "--cache", attributes.replace("=cache", "=none")]);
    assertEquals([out.status, out.stdout], [1, ""]);
    assertMatch(out.stderr, /NoSuchBucket/);
  }));
