/**
 * Builds the npm package in dist/: `deno task build`.
 *
 * @module
 */
import { bundle, type BundleOptions } from "./build/bundle.ts";
import { writeDeclarations } from "./build/declarations.ts";
import { licenseNotices } from "./build/notices.ts";
import { gzipSize, kilobytes } from "./build/sizes.ts";
import { DIST, OUT, ROOT } from "./paths.ts";

/** What the S3 client alone may weigh, minified and compressed. */
const S3_BUDGET = 14_000;

const BUNDLES: Record<string, { entry: string; platform: BundleOptions["platform"] }> = {
  "s3cache.js": { entry: "mod.ts", platform: "browser" },
  "s3.js": { entry: "s3.ts", platform: "browser" },
  "cli.js": { entry: "src/cli/main.ts", platform: "deno" },
};

/** Writes the bundles, each a module that needs no other. */
export async function buildBundles(): Promise<string[]> {
  await Deno.mkdir(DIST, { recursive: true });
  const sources: string[] = [];
  for (const [file, { entry, platform }] of Object.entries(BUNDLES)) {
    sources.push(await bundle(entry, `${DIST}/${file}`, { platform }));
  }
  const cli = `${DIST}/cli.js`;
  await Deno.writeTextFile(cli, `#!/usr/bin/env node\n${await Deno.readTextFile(cli)}`);
  await Deno.chmod(cli, 0o755);
  // Without it, Node takes the bundles for CommonJS.
  await writePackageJson();
  return sources;
}

/** Writes the whole package. */
export async function build(): Promise<void> {
  const sources = await buildBundles();
  await writeDeclarations({ "mod.ts": `${DIST}/s3cache.d.ts`, "s3.ts": `${DIST}/s3.d.ts` });
  await Deno.writeTextFile(`${DIST}/THIRD_PARTY_LICENSES.txt`, await licenseNotices(sources));
  for (const file of ["LICENSE", "README.md"]) {
    await Deno.copyFile(`${ROOT}/${file}`, `${DIST}/${file}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

async function writePackageJson(): Promise<void> {
  const { name, version, license } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const entry = (name: string) => ({ types: `./${name}.d.ts`, default: `./${name}.js` });
  const manifest = {
    name,
    version,
    description: "BuildKit's S3 build cache: export it, import it, look after it",
    license,
    type: "module",
    exports: { ".": entry("s3cache"), "./s3": entry("s3") },
    types: "./s3cache.d.ts",
    bin: { s3cache: "./cli.js" },
    engines: { node: ">=20" },
    sideEffects: false,
  };
  await Deno.writeTextFile(`${DIST}/package.json`, JSON.stringify(manifest, null, 2) + "\n");
}

/** Prints what each bundle weighs, and the same minified and compressed. */
async function printSizes(): Promise<void> {
  await Deno.mkdir(OUT, { recursive: true });
  for (const [file, { entry, platform }] of Object.entries(BUNDLES)) {
    const { size } = await Deno.stat(`${DIST}/${file}`);
    const minified = await bundle(entry, `${OUT}/minified.js`, { platform, minify: true });
    const small = await gzipSize(minified);
    console.log(
      `${file.padEnd(12)} ${kilobytes(size).padStart(9)}, minified and gzipped ${kilobytes(small)}`,
    );
    if (file === "s3.js" && small > S3_BUDGET) {
      throw new Error(`s3.js: ${small} bytes minified and gzipped, more than ${S3_BUDGET}`);
    }
  }
}

if (import.meta.main) {
  await build();
  await printSizes();
}
