import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import fixtures from "s3cache-fixtures";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeLocalFixture } from "../temporary_directory.ts";
import { cli, SECRET, withServer } from "./run.ts";

test("export and import, told in a line each", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(`${dir}/from`, "web-max");
      const out = await cli(["export", `${dir}/from`, "--cache-to", attributes]);
      assertEquals(out.status, 0, out.stderr);
      assertMatch(
        out.stdout,
        /^exported to cache as app: 9 layers, 8 blobs: 8 uploaded \(1\.55 kB\), [\d.]+ s\n$/,
      );
      assertStringIncludes(out.stderr, "export: 8 blobs, 1.55 kB\n");
      const back = await cli(["import", `${dir}/to`, "--cache-from", attributes, "--quiet"]);
      assertEquals([back.status, back.stdout, back.stderr], [0, "", ""]);
      assertEquals(
        new Uint8Array(await readFile(`${dir}/to/index.json`)),
        fixtures["web-max/local/index.json"]!,
      );
    })
  ));

test("--json prints one document on stdout, with what was done", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(dir, "web-min");
      const out = await cli(["export", dir, "--cache-to", attributes, "--json"]);
      const { seconds, ...report } = JSON.parse(out.stdout);
      assert(typeof seconds === "number");
      assertEquals(report, {
        names: ["app"],
        layers: 2,
        blobs: { total: 2, transferred: 2, reused: 0, touched: 0, missing: 0 },
        bytes: { transferred: 284 },
        requests: { GET: 0, HEAD: 0, PUT: 3, POST: 0, LIST: 1, COPY: 0, DELETE: 0 },
      });
      const back = await cli(["import", `${dir}/to`, "--cache-from", attributes, "--json"]);
      assertEquals(JSON.parse(back.stdout).digest.slice(0, 15), "sha256:8dcdef70");
    })
  ));

test("several --cache-to are served in turn, and reported together", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(dir, "web-min");
      const other = `${attributes},prefix=other/,name=two`.replace("name=app,", "");
      const out = await cli([
        "export",
        dir,
        "--cache-to",
        attributes,
        "--cache-to",
        other,
        "--json",
      ]);
      const report = JSON.parse(out.stdout);
      assertEquals([report.names, report.blobs.total], [["app", "two"], 4]);
      assertEquals(report.exports.length, 2);
    })
  ));

test("several --cache-from become one local cache", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const second = attributes.replace("name=app", "name=two,prefix=other/");
      for (const [name, to] of [["web-max", attributes], ["mount-max", second]]) {
        await writeLocalFixture(`${dir}/${name}`, name!);
        await cli(["export", `${dir}/${name}`, "--cache-to", to!]);
      }
      const from = ["--cache-from", attributes, "--cache-from", second];
      const out = await cli(["import", `${dir}/to`, ...from, "--json"]);
      const report = JSON.parse(out.stdout);
      assertEquals([report.names, report.blobs.transferred], [["app", "two"], 15]);
      assertEquals(report.requests.GET, 15 + 2);
    })
  ));

test("a cache that is not there: said plainly, exit 0, nothing written", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const out = await cli(["import", `${dir}/to`, "--cache-from", attributes]);
      assertEquals(out.status, 0);
      assertEquals(out.stdout, "nothing imported: there is no cache app in cache\n");
      assertEquals(await readdir(dir), []);
    })
  ));

test("wrong usage and wrong attributes exit with 2, before anything is sent", async () => {
  const cases: [string[], string][] = [
    [["export", "--cache-to", "type=s3"], "missing required argument 'dir'"],
    [["export", "."], "--cache-to"],
    [["exprot"], "unknown command 'exprot'"],
    [["export", ".", "--cache-to", "type=s3,bucket=cache,region=r,nmae=x"], 'did you mean "name"'],
    [["export", ".", "--cache-to", "type=s3,bucket=cache"], "region"],
    [["import", ".", "--cache-from", "type=registry,ref=x"], "registry"],
    [["import", ".", "--cache-from", "type=s3,bucket=cache,region=r", "--progress", "x"], "plain"],
  ];
  for (const [argv, expected] of cases) {
    const out = await cli(argv);
    assertEquals([out.status, out.stdout], [2, ""], argv.join(" "));
    assertStringIncludes(out.stderr, expected);
  }
});

test("a second --cache-to that is wrong stops the first one too", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(dir, "web-min");
      const out = await cli(["export", dir, "--cache-to", attributes, "--cache-to", "type=s3"]);
      assertEquals(out.status, 2);
      const back = await cli(["import", `${dir}/to`, "--cache-from", attributes]);
      assertStringIncludes(back.stdout, "nothing imported");
    })
  ));

test("--help and --version go to stdout and exit with 0", async () => {
  const help = await cli(["--help"]);
  assertEquals(help.status, 0);
  for (const verb of ["export", "import", "dev-server"]) assertStringIncludes(help.stdout, verb);
  const version = await cli(["--version"]);
  assertMatch(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assertStringIncludes((await cli(["export", "--help"])).stdout, "--cache-to <attrs>");
});

test("what cannot be exported is told by name, with exit 1, and the bucket stays empty", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const fails = async (argv: string[], expected: string) => {
        const out = await cli(["export", ...argv, "--cache-to", attributes]);
        assertEquals([out.status, out.stdout], [1, ""], out.stderr);
        assertStringIncludes(out.stderr, expected);
      };
      await fails([`${dir}/absent`], `${dir}/absent`);
      await fails([dir], "index.json");
      await writeLocalFixture(dir, "web-min");
      await fails([dir, "--tag", "main"], "latest");
      await fails([dir, "--digest", "sha256:" + "0".repeat(64)], "0".repeat(64));
      const blobs = `${dir}/blobs/sha256`;
      const layer = "3dbc4832526859168e419960194d30d38b3071da0ae300d58a0dfd982a43a989";
      const bytes = await readFile(`${blobs}/${layer}`);
      await writeFile(`${blobs}/${layer}`, new Uint8Array(bytes.length));
      await fails([dir], layer);
      await rm(`${blobs}/${layer}`);
      await fails([dir], layer);
      await writeFile(`${dir}/index.json`, "{");
      await fails([dir], "index.json");
      const back = await cli(["import", `${dir}/to`, "--cache-from", attributes]);
      assertStringIncludes(back.stdout, "nothing imported");
    })
  ));

test("a bucket that is not there, or a wrong secret, is an error with exit 1", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const absent = await cli(["import", dir, "--cache-from", attributes + ",bucket=absent"]);
      assertEquals(absent.status, 1);
      assertStringIncludes(absent.stderr, "NoSuchBucket");
      const wrong = attributes.replace(SECRET, "wrong-secret");
      const denied = await cli(["import", dir, "--cache-from", wrong]);
      assertEquals(denied.status, 1);
      assertStringIncludes(denied.stderr, "SignatureDoesNotMatch");
      assert(!denied.stderr.includes("wrong-secret"));
    })
  ));

test("ignore-error turns a failed transfer into a warning, but not wrong usage", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const lenient = `${attributes},bucket=absent,ignore-error=true`;
      await writeLocalFixture(dir, "web-min");
      for (const argv of [["export", dir, "--cache-to"], ["import", `${dir}/to`, "--cache-from"]]) {
        const out = await cli([...argv, lenient]);
        assertEquals(out.status, 0);
        assertMatch(out.stderr, /warning: (ex|im)port ignored: .*NoSuchBucket/);
        const { blobs } = JSON.parse((await cli([...argv, lenient, "--json"])).stdout);
        assertEquals([blobs.total, blobs.transferred], [0, 0]);
        assertEquals((await cli([...argv, `${lenient},mode=x`])).status, 2);
      }
    })
  ));

test("an interrupt exits with 130", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      const { Interrupted } = await import("../../src/cli/io.ts");
      await writeLocalFixture(dir, "web-min");
      const signal = AbortSignal.abort(new Interrupted("interrupted"));
      const out = await cli(["export", dir, "--cache-to", attributes], {}, signal);
      assertEquals([out.status, out.stderr.includes("interrupted")], [130, true]);
    })
  ));

test("no output shows a secret", () =>
  withServer((attributes) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(dir, "web-min");
      const runs = [
        await cli(["export", dir, "--cache-to", attributes, "--progress", "plain"]),
        await cli(["export", dir, "--cache-to", `${attributes},bucket=absent`]),
        await cli(["export", dir, "--cache-to", `${attributes},unknown=1`]),
        await cli(["export", `${dir}/absent`, "--cache-to", attributes], { S3CACHE_DEBUG: "1" }),
        await cli(["import", `${dir}/to`, "--cache-from", attributes, "--json"]),
      ];
      for (const { stdout, stderr } of runs) assert(!(stdout + stderr).includes(SECRET));
    })
  ));
