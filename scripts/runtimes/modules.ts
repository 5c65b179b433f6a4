/**
 * What the tests import on a runtime other than Deno: the built library and the fixtures, both
 * under their bare names in out/node_modules.
 *
 * @module
 */
import fixtures from "../../tests/fixtures/mod.ts";
import { buildBundles } from "../build.ts";
import { bundle, type BundleOptions } from "../build/bundle.ts";
import { DIST, OUT } from "../paths.ts";

const MODULES = `${OUT}/node_modules`;

/** Imports that a bundle of tests leaves alone. */
const EXTERNAL = ["s3cache", "s3cache/s3", "s3cache-fixtures"];

/** The files of these imports, relative to out/. */
export const MODULE_FILES: Record<string, string> = {
  "s3cache": "node_modules/s3cache/s3cache.js",
  "s3cache/s3": "node_modules/s3cache/s3.js",
  "s3cache-fixtures": "node_modules/s3cache-fixtures/index.js",
};

/** Builds the library and puts it where a bundle of tests in out/ finds it. */
export async function installModules(): Promise<void> {
  await buildBundles();
  await Deno.mkdir(`${MODULES}/s3cache`, { recursive: true });
  for (const file of ["package.json", "s3cache.js", "s3.js"]) {
    await Deno.copyFile(`${DIST}/${file}`, `${MODULES}/s3cache/${file}`);
  }
  const directory = `${MODULES}/s3cache-fixtures`;
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(`${directory}/package.json`, `{"type":"module","main":"index.js"}\n`);
  await Deno.writeTextFile(`${directory}/index.js`, fixturesModule());
}

/**
 * Bundles tests, with imports of the library left to resolve to the build.
 *
 * @param entry a module of tests, relative to the root
 * @param name the file to write in out/
 * @param platform see {@linkcode BundleOptions}
 * @returns the bundle's path
 */
export async function bundleTests(
  entry: string,
  name: string,
  platform: BundleOptions["platform"],
): Promise<string> {
  const path = `${OUT}/${name}`;
  await bundle(entry, path, { platform, external: EXTERNAL });
  return path;
}

function fixturesModule(): string {
  const encoded = Object.entries(fixtures).map(([path, bytes]) => [path, bytes.toBase64()]);
  const json = JSON.stringify(Object.fromEntries(encoded), null, 1);
  return `const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const encoded = ${json};
export default Object.fromEntries(
  Object.entries(encoded).map(([path, text]) => [path, decode(text)]),
);
`;
}
