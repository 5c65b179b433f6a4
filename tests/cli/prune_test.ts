import fixtures from "s3cache-fixtures";
import { createS3Server } from "../../src/devserver/mod.ts";
import { listen } from "../../src/runtime/listen.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketOf } from "./bucket.ts";
import { cli } from "./run.ts";

const DAY = 86_400_000;
const PREFIX = "web-max/s3/";

/** A bucket in which all is 30 days old: a cache, its branch, and a blob that nobody has. */
async function withOldBucket(fn: (attributes: string) => Promise<void>): Promise<void> {
  // Not near a full hour, so that runs of a second apart tell the same age.
  let age = 30 * DAY + DAY / 48;
  const { fetch } = createS3Server({
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    buckets: ["cache"],
    clock: () => Date.now() - age,
  });
  const server = await listen(fetch);
  try {
    const attributes = `type=s3,region=us-east-1,bucket=cache,endpoint_url=${server.url},` +
      "use_path_style=true,access_key_id=AKIA,secret_access_key=secret";
    const bucket = bucketOf(attributes);
    for (const [path, bytes] of Object.entries(fixtures)) {
      if (path.startsWith(PREFIX)) await bucket.put(path.slice(PREFIX.length), bytes);
    }
    await bucket.copy("manifests/app", "manifests/pr-1");
    await bucket.put(`blobs/sha256:${"5".repeat(64)}`, "unreferenced");
    age = 0;
    await fn(attributes);
  } finally {
    await server.close();
  }
}

test("prune tells what it would do, and does exactly that with --yes", () =>
  withOldBucket(async (attributes) => {
    const argv = ["prune", "--cache", attributes, "--max-age", "14d", "--keep-name", "app"];
    const dry = await cli(argv);
    assertEquals([dry.status, dry.stderr], [0, ""]);
    const [first, second, summary, left, hint] = dry.stdout.split("\n");
    assertEquals(
      first!.replace(/\d+ h/, "n h").replace(/\(.*\)/, "()"),
      "delete manifests/pr-1 (): written n h ago",
    );
    assertEquals(
      second,
      `delete blobs/sha256:${"5".repeat(64)} (12 B): no manifest refers to it`,
    );
    assertMatch(summary!, /^would delete 1 cache of 2, 1 blob of 9 and 0 stale uploads: 12 B, /);
    assertEquals(left, "left: 1.55 kB in use, 0 B too young");
    assertEquals(hint, "nothing was changed; --yes does it");
    const bucket = bucketOf(attributes);
    assert(await bucket.head("manifests/pr-1"));
    const wet = await cli([...argv, "--yes"]);
    assertEquals([wet.status, wet.stdout.split("\n").slice(0, 2)], [0, [first!, second!]]);
    assertMatch(wet.stdout, /\ndeleted 1 cache of 2, 1 blob of 9 /);
    assertEquals(await bucket.head("manifests/pr-1"), undefined);
    assertEquals((await cli(["verify", "--cache", attributes])).status, 0);
  }));

test("prune --json is one document, with the keys", () =>
  withOldBucket(async (attributes) => {
    const out = await cli([
      ...["prune", "--cache", attributes, "--json"],
      ...["--keep", "pr-*=0", "--max-size", "50GB"],
    ]);
    const { dryRun, keys, caches, blobs } = JSON.parse(out.stdout);
    assertEquals([out.status, dryRun], [0, true]);
    assertEquals(keys, ["manifests/pr-1", `blobs/sha256:${"5".repeat(64)}`]);
    assertEquals([caches.total, caches.deleted[0].name], [2, "pr-1"]);
    assertEquals(blobs.deleted, { count: 1, bytes: 12 });
  }));

test("prune refuses what is not safe with 1, and what makes no sense with 2", () =>
  withOldBucket(async (attributes) => {
    const refused = await cli(["prune", "--cache", `${attributes},prefix=none/`, "--yes"]);
    assertEquals([refused.status, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "there is no manifest below");
    const short = await cli(["prune", "--cache", attributes, "--grace", "1h", "--yes"]);
    assertEquals(short.status, 1);
    assertStringIncludes(short.stderr, "at least 25 h");
    const wrong = [
      ["--max-age", "14"],
      ["--keep", "x"],
      ["--max-size", "50G"],
      ["--keep-name", "pr-[0"],
      ["--max-age", "pr-[9-0]=14d"],
    ];
    for (const argv of wrong) {
      const { status, stdout, stderr } = await cli(["prune", "--cache", attributes, ...argv]);
      assertEquals([status, stdout], [2, ""]);
      assertStringIncludes(stderr, argv[0]!);
    }
  }));
