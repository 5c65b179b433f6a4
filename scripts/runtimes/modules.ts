/**
 * What the tests import on a runtime other than Deno: the built library and the fixtures, both
 * under their bare names in out/node_modules.
 *
 * @module
 */
import fixtures from "../../tests/fixtures/mod.ts";
import { buildBundles } from "../build.ts";
import { bundle, type BundleOptions } from "../build/bundle.ts";
import { readEntries } from "../entries.ts";
import { DIST, OUT, ROOT } from "../paths.ts";

const MODULES = `${OUT}/node_modules`;

/** An import that a bundle of tests leaves alone. */
export interface Module {
  /** As the tests import it. */
  specifier: string;
  /** Relative to out/. */
  file: string;
}

/** Lists the built library's modules, and the fixtures. */
export async function listModules(): Promise<Module[]> {
  const library = (await readEntries(ROOT)).map(({ subpath, name }) => ({
    specifier: `s3cache${subpath.slice(1)}`,
    file: `node_modules/s3cache/${name}.js`,
  }));
  return [...library, {
    specifier: "s3cache-fixtures",
    file: "node_modules/s3cache-fixtures/index.js",
  }];
}

/** Builds the library and puts it where a bundle of tests in out/ finds it. */
export async function installModules(): Promise<void> {
  await buildBundles();
  await Deno.mkdir(`${MODULES}/s3cache`, { recursive: true });
  const files = (await readEntries(ROOT)).map(({ name }) => `${name}.js`);
  for (const file of ["package.json", ...files]) {
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
  const external = (await listModules()).map(({ specifier }) => specifier);
  await bundle(entry, path, { platform, external });
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
