/** The npm package, installed as users install it. */
import { build } from "../../scripts/build.ts";
import { ts } from "../../scripts/deps.ts";
import { DIST, ROOT } from "../../scripts/paths.ts";
import { output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";

const CONSUMER = `
import { parseAttributes, S3Client, type S3ClientOptions } from "@s3cache/s3cache";
import { S3Client as Client, S3Error, type ObjectInfo } from "@s3cache/s3cache/s3";

const { bucket, region }: { bucket: string; region: string } = parseAttributes(
  "type=s3,bucket=my-cache,region=eu-central-1",
  { direction: "import" },
);
const options: S3ClientOptions = { bucket, region };
const info: ObjectInfo | undefined = undefined;
const ok: boolean = new S3Client(options).region === new Client(options).region &&
  info === undefined && S3Error.name === "S3Error";
console.log(ok ? "works" : "broken");
`;

/** What a program that uses the package is told by TypeScript, as strict as it can be. */
function diagnose(file: string, moduleResolution: "NodeNext" | "Bundler"): string[] {
  const program = ts.createProgram([file], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: moduleResolution === "NodeNext" ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind[moduleResolution],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) =>
    `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`
  );
}

test("the npm package: bundles, types and command", async () => {
  await build();
  const directory = await Deno.makeTempDir({ prefix: "s3cache-package-" });
  try {
    const tarball = await output(["npm", "pack", "--silent", "--pack-destination", directory], {
      cwd: DIST,
    });
    await Deno.writeTextFile(`${directory}/package.json`, `{"private":true,"type":"module"}`);
    await output(
      ["npm", "install", "--offline", "--no-audit", "--no-fund", `./${tarball.trim()}`],
      { cwd: directory },
    );
    const consumer = `${directory}/consumer.ts`;
    await Deno.writeTextFile(consumer, CONSUMER);
    assertEquals(diagnose(consumer, "NodeNext"), []);
    assertEquals(diagnose(consumer, "Bundler"), []);
    await Deno.writeTextFile(consumer, CONSUMER.replace("bucket, region };", "bucket };"));
    assertMatch(diagnose(consumer, "NodeNext").join("\n"), /'region' is missing/);

    await Deno.writeTextFile(
      `${directory}/consumer.js`,
      ts.transpile(CONSUMER, {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
      }),
    );
    const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
    const command = `${directory}/node_modules/.bin/s3cache`;
    const bun = await tool("bun");
    for (const runtime of [["node"], [bun], [Deno.execPath(), "run", "-A"]]) {
      const run = (argv: string[]) => output([...runtime, ...argv], { cwd: directory });
      assertEquals(await run(["consumer.js"]), "works\n");
      assertEquals(await run([command, "--version"]), `${version}\n`);
    }
    assertEquals(await output([command, "--version"], { cwd: directory }), `${version}\n`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

test("the build names no place on the machine that it was built on", async () => {
  await build();
  const { denoDir } = JSON.parse(await output([Deno.execPath(), "info", "--json"]));
  const places = [ROOT, denoDir, denoDir.replace(/^\//, "../"), "/npm/registry"];
  for await (const { name } of Deno.readDir(DIST)) {
    const text = await Deno.readTextFile(`${DIST}/${name}`);
    assertEquals(places.filter((place) => text.includes(place)), [], name);
  }
  const licenses = await Deno.readTextFile(`${DIST}/THIRD_PARTY_LICENSES.txt`);
  assert(licenses.includes("aws4fetch@"));
});
