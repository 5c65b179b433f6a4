/** What `exec` takes for a cache in bake's `--set`, and what buildx itself does. */
import { rewriteFlags } from "../../src/cli/gateway/rewrite.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { Buildx } from "./buildx.ts";
import { Lab } from "./lab.ts";

/** Whole overrides; what buildx refuses is not among them. */
const OVERRIDES = [
  ...[
    "app.cache-to",
    "app.cache-from",
    "app.cache-to+",
    "app.cache-from+",
    "*.cache-to",
    "a*.cache-from",
    "[ao]*.cache-to",
    "other.cache-to",
    // Args, labels and contexts may have any name.
    "app.args.cache-to",
    "app.args.cache-to+",
    "app.arg.cache-from",
    "app.args.x.cache-to",
    "app.labels.cache-to",
    "app.label.cache-from",
    "app.labels.org.example.cache-to",
    "app.contexts.cache-to",
    "app.contexts.x.cache-from",
    // The key ends at the first `=`.
    "app.args.NOTE=app.cache-to",
    "app.args.NOTE=.cache-from",
    "app.labels.cache-from=x.cache-from",
    "app.target=x.cache-to",
    "app.tags=app.cache-from",
  ].map((key) => `${key}=type=s3,region=r,bucket=b,name=n`),
  ...[
    "TYPE=s3,region=r,bucket=b",
    '"type=s3",region=r,"bucket=b"',
    "region=r,bucket=b,type=s3",
    "type=S3,region=r,bucket=b",
    "type=registry,type=s3,region=r,bucket=b",
    "type=s3,type=registry,ref=example.test/a",
    "type=local,dest=app.cache-to=type=s3",
    "type=local,dest=x,name=type=s3",
    "example.test/a",
    "",
  ].map((value) => `app.cache-to=${value}`),
];

const BAKE = `target "app" { context = "." }
target "other" { context = "." }
`;

test("bake's --set: what buildx takes for a cache of S3 is replaced, and nothing else", async () => {
  await using lab = await Lab.start();
  const buildx = await Buildx.start(lab);
  await Deno.writeTextFile(`${lab.directory}/docker-bake.hcl`, BAKE);
  let caches = 0;
  for (const override of OVERRIDES) {
    const replaced: string[] = [];
    await rewriteFlags(["--set", override], ({ direction }) => {
      replaced.push(direction);
      return Promise.resolve([]);
    });
    assertEquals(replaced, await readByBuildx(buildx, override), override);
    caches += replaced.length;
  }
  assert(caches >= 8 && caches <= OVERRIDES.length - 8, `${caches} of ${OVERRIDES.length}`);
});

/** The directions in which buildx uses a cache of S3 because of an override. */
async function readByBuildx(buildx: Buildx, override: string): Promise<string[]> {
  const targets = ["--set", override, "app", "other"];
  const bake = ["buildx", "bake", "--print", "--progress=quiet", ...targets];
  const { code, stdout, text } = await buildx.docker(bake);
  assertEquals(code, 0, text);
  const { target } = JSON.parse(stdout) as {
    target: Record<string, Record<string, { type: string }[]>>;
  };
  const uses = (field: string) =>
    Object.values(target).some((fields) => fields[field]?.some(({ type }) => type === "s3"));
  return [
    ...uses("cache-to") ? ["export"] : [],
    ...uses("cache-from") ? ["import"] : [],
  ];
}
