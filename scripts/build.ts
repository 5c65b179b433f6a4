/**
 * Builds the npm package in dist/: `deno task build`.
 *
 * @module
 */
import { bundle, type BundleOptions } from "./build/bundle.ts";
import { writeDeclarations } from "./build/declarations.ts";
import { licenseNotices } from "./build/notices.ts";
import { minified } from "./build/minify.ts";
import { gzipSize, kilobytes } from "./build/sizes.ts";
import { readEntries } from "./entries.ts";
import { DIST, OUT, ROOT } from "./paths.ts";

/** What the S3 client alone may weigh, minified and compressed. */
const S3_BUDGET = 14_000;

/** The command's bundle. */
const CLI = "cli.js";

/** A file of dist/ and what it is made from. */
interface Output {
  file: string;
  source: string;
  platform: BundleOptions["platform"];
}

async function listOutputs(): Promise<Output[]> {
  const library = (await readEntries(ROOT)).map(({ name, source }): Output => ({
    file: `${name}.js`,
    source,
    platform: "browser",
  }));
  return [...library, { file: CLI, source: "src/cli/main.ts", platform: "deno" }];
}

/**
 * Writes the bundles, each a module that needs no other.
 *
 * @returns their sources
 */
export async function buildBundles(): Promise<string[]> {
  await Deno.mkdir(DIST, { recursive: true });
  const sources: string[] = [];
  for (const { file, source, platform } of await listOutputs()) {
    sources.push(await bundle(source, `${DIST}/${file}`, { platform }));
  }
  const cli = `${DIST}/${CLI}`;
  await Deno.writeTextFile(cli, `#!/usr/bin/env node\n${await Deno.readTextFile(cli)}`);
  await Deno.chmod(cli, 0o755);
  // Without it, Node takes the bundles for CommonJS.
  await writePackageJson();
  return sources;
}

/** Writes the whole package. */
export async function build(): Promise<void> {
  const sources = await buildBundles();
  const entries = await readEntries(ROOT);
  await writeDeclarations(
    Object.fromEntries(entries.map(({ name, source }) => [source, `${DIST}/${name}.d.ts`])),
  );
  await Deno.writeTextFile(`${DIST}/THIRD_PARTY_LICENSES.txt`, await licenseNotices(sources));
  for (const file of ["LICENSE", "README.md"]) {
    await Deno.copyFile(`${ROOT}/${file}`, `${DIST}/${file}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

async function writePackageJson(): Promise<void> {
  const { name, version, license } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const exports = (await readEntries(ROOT)).map(({ subpath, name }) => [
    subpath,
    { types: `./${name}.d.ts`, default: `./${name}.js` },
  ]);
  const manifest = {
    name,
    version,
    description: "BuildKit's S3 build cache: export it, import it, look after it",
    license,
    type: "module",
    exports: Object.fromEntries(exports),
    types: "./s3cache.d.ts",
    bin: { s3cache: `./${CLI}` },
    engines: { node: ">=20" },
    sideEffects: false,
  };
  await Deno.writeTextFile(`${DIST}/package.json`, JSON.stringify(manifest, null, 2) + "\n");
}

/**
 * Writes the library's bundles minified as well, and prints what each weighs.
 *
 * @returns whether all are within their budgets
 */
async function printSizes(): Promise<boolean> {
  await Deno.mkdir(OUT, { recursive: true });
  let fits = true;
  for (const { file, source, platform } of await listOutputs()) {
    const { size } = await Deno.stat(`${DIST}/${file}`);
    // Two minifiers find more than one.
    const bundled = await bundle(source, `${OUT}/minified.js`, { platform, minify: true });
    const smallest = await minified(bundled);
    if (file !== CLI) {
      await Deno.writeTextFile(`${DIST}/${file.replace(/js$/, "min.js")}`, smallest);
    }
    const small = gzipSize(smallest);
    const sizes = `${kilobytes(size).padStart(8)}, minified and gzipped ${kilobytes(small)}`;
    console.log(`${file.padEnd(14)} ${sizes}`);
    if (file === "s3.js" && small > S3_BUDGET) {
      console.error(`${file}: more than its budget of ${kilobytes(S3_BUDGET)}`);
      fits = false;
    }
  }
  return fits;
}

if (import.meta.main) {
  await build();
  if (!await printSizes()) Deno.exit(1);
}
