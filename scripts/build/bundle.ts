/**
 * Single-file bundles, for the runtimes that resolve no `npm:` specifier.
 *
 * @module
 */
import { ROOT } from "../paths.ts";
import { output } from "../process.ts";

/** How to bundle. */
export interface BundleOptions {
  /** `browser` for what also runs on workerd; `deno` where packages may want node: modules. */
  platform: "browser" | "deno";
  /** Imports that stay as they are. */
  external?: string[];
  /** Without white space and long names. */
  minify?: boolean;
}

/**
 * Bundles a module with all that it imports, except node: modules.
 *
 * @param entry the module, relative to the root
 * @param path the file to write
 * @param options for which platform
 * @returns the bundle's source, which is also in the file
 */
export async function bundle(entry: string, path: string, options: BundleOptions): Promise<string> {
  const { platform, external = [], minify } = options;
  await output([
    Deno.execPath(),
    "bundle",
    "--quiet",
    ...(minify ? ["--minify"] : []),
    ...external.flatMap((name) => ["--external", name]),
    "--platform",
    platform,
    "--output",
    path,
    entry,
  ], { cwd: ROOT });
  const source = withoutCachePaths(await Deno.readTextFile(path));
  await Deno.writeTextFile(path, source);
  return source;
}

/**
 * Names packages by their specifiers where the bundler names files of its cache: a bundle is the
 * same wherever it was built.
 */
function withoutCachePaths(source: string): string {
  return source.replace(
    /(?:\.\.\/|\/)[^\s"]*?\/npm\/[^/\s"]+\/((?:@[^/\s"]+\/)?[^/@\s"]+)\/(\d[^/\s"]*)\//g,
    "npm:$1@$2/",
  );
}
