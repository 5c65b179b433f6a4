import { type CacheFlag, rewriteFlags } from "../../../src/cli/gateway/rewrite.ts";
import { assertEquals } from "../../assert.ts";
import { test } from "../../harness.ts";

/** Rewrites a command, each flag to as many as are wanted. */
async function rewrite(argv: string[], others = ["X"]) {
  const flags: CacheFlag[] = [];
  const rewritten = await rewriteFlags(argv, (flag) => {
    flags.push(flag);
    return Promise.resolve(others);
  });
  return { rewritten, flags };
}

const S3 = "type=s3,bucket=b,region=r";

test("every form of the flag is found", async () => {
  for (
    const [argv, rewritten, direction] of [
      [["--cache-to", S3], ["--cache-to", "X"], "export"],
      [[`--cache-to=${S3}`], ["--cache-to=X"], "export"],
      [["--cache-from", S3], ["--cache-from", "X"], "import"],
      [["--export-cache", S3], ["--export-cache", "X"], "export"],
      [[`--import-cache=${S3}`], ["--import-cache=X"], "import"],
      [["-import-cache", S3], ["-import-cache", "X"], "import"],
      [["--set", `*.cache-to=${S3}`], ["--set", "*.cache-to=X"], "export"],
      [[`--set=app.cache-from=${S3}`], ["--set=app.cache-from=X"], "import"],
      [["--set", `a-b.cache-to+=${S3}`], ["--set", "a-b.cache-to+=X"], "export"],
      [["--", "buildx", "--cache-to", S3], ["--", "buildx", "--cache-to", "X"], "export"],
    ] as const
  ) {
    const result = await rewrite(["docker", ...argv, "."]);
    assertEquals(result.rewritten, ["docker", ...rewritten, "."]);
    assertEquals(result.flags.map(({ direction, text }) => [direction, text]), [[direction, S3]]);
  }
});

test("type=s3 may stand anywhere, its key in any case, in quotes", async () => {
  for (const text of ["bucket=b,TYPE=s3", '"name=a,b",type=s3', '"type=s3"', "type=gha,type=s3"]) {
    assertEquals((await rewrite(["--cache-to", text])).flags.length, 1, text);
  }
});

test("everything else stays as it is", async () => {
  for (
    const argv of [
      ["--cache-to", "type=registry,ref=a/type=s3"],
      ["--cache-from", "user/app:cache"],
      ["--cache-to"],
      ["--cache-to", '"type=s3'],
      ["--cache-to", "type=S3,bucket=b"],
      ["--cache-to", "type=s3,type=registry,ref=a"],
      ["--set", `*.args.cache-to=${S3}`],
      ["--set", `app.labels.cache-from=${S3}`],
      ["--set", `app.args.OPTS=x.cache-to=${S3}`],
      ["--set", `app.cache-to.more=${S3}`],
      ["--set", "type=s3"],
      ["--build-arg", S3],
      ["--label", `--cache-to=${S3}`.slice(2)],
      ["", "-", "--no-cache", "multi\nline"],
    ]
  ) {
    assertEquals(await rewrite(argv), { rewritten: argv, flags: [] });
  }
});

test("several names become several flags", async () => {
  const { rewritten, flags } = await rewrite(
    ["--cache-to", S3, `--cache-from=${S3}`, "--set", `*.cache-to=${S3}`],
    ["X", "Y"],
  );
  assertEquals(rewritten, [
    ...["--cache-to", "X", "--cache-to", "Y"],
    ...["--cache-from=X", "--cache-from=Y"],
    ...["--set", "*.cache-to=X", "--set", "*.cache-to=Y"],
  ]);
  assertEquals(flags.map(({ source }) => source), [
    "--cache-to",
    "--cache-from",
    "--set *.cache-to=",
  ]);
});
