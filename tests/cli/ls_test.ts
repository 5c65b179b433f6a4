import fixtures from "s3cache-fixtures";
import { run } from "../../src/cli/program.ts";
import { assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketOf } from "./bucket.ts";
import { cli, withServer } from "./run.ts";

test("a table for people, a document for programs", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    await bucket.put("manifests/app", fixtures["web-max/s3/manifests/app"]!);
    await bucket.put("manifests/bad\u202e[2J", "{");
    const out = await cli(["ls", "--cache", attributes]);
    assertEquals([out.status, out.stderr], [0, ""]);
    const [head, app, bad] = out.stdout.split("\n");
    assertMatch(head!, /^NAME +AGE +RECORDS +LAYERS +SIZE +SHARED +REFERENCE +PROBLEM$/);
    assertMatch(app!, /^app +\d+ s +\d+ +9 +1.55 kB +0 B +app:latest$/);
    assertMatch(bad!, /^bad\\u\{202e\}\[2J +\d+ s +- +- +- +- +none +manifests/);
    const json = await cli(["ls", "--cache", attributes, "--json"]);
    const { caches } = JSON.parse(json.stdout);
    assertEquals([caches[0].name, caches[0].blobs, caches[0].bytes], ["app", 8, 1552]);
    assertEquals(caches.map(({ ref }: { ref?: string }) => ref), ["app:latest", undefined]);
    await bucket.delete("manifests/bad\u202e[2J");
    const plain = await cli(["ls", "--cache", attributes]);
    assertMatch(plain.stdout, /^NAME +AGE +RECORDS +LAYERS +SIZE +SHARED\napp /);
    assertEquals(caches[1].name, "bad\u202e[2J");
    assertMatch(caches[0].lastModified, /^\d{4}-\d\d-\d\dT/);
  }));

test("an empty bucket, and one that is not there", () =>
  withServer(async (attributes) => {
    const empty = await cli(["ls", "--cache", `${attributes},prefix=team/`]);
    assertEquals([empty.status, empty.stdout], [
      0,
      "cache has no caches below team/manifests/\n",
    ]);
    const absent = await cli(["ls", "--cache", attributes.replace("bucket=cache", "bucket=none")]);
    assertEquals([absent.status, absent.stdout], [1, ""]);
    assertMatch(absent.stderr, /NoSuchBucket/);
    assertEquals((await cli(["ls"])).status, 2);
  }));

test("on a terminal, one line counts what has been read and then goes away", () =>
  withServer(async (attributes) => {
    const bucket = bucketOf(attributes);
    await bucket.put("manifests/a", fixtures["web-max/s3/manifests/app"]!);
    await bucket.put("manifests/b", fixtures["web-max/s3/manifests/app"]!);
    const stderr: string[] = [];
    const watched = (...argv: string[]) =>
      run(["ls", "--cache", attributes, ...argv], {
        env: {},
        stdout: () => {},
        stderr: (text) => void stderr.push(text),
        isTerminal: true,
        takeSignals: () => () => {},
        signal: new AbortController().signal,
      });
    assertEquals(await watched(), 0);
    assertEquals(stderr, ["\rls: 1 manifest", "\rls: 2 manifests", "\r\x1b[K"]);
    stderr.length = 0;
    assertEquals(await watched("--quiet"), 0);
    assertEquals(await watched("--progress=none"), 0);
    assertEquals(stderr, []);
  }));
