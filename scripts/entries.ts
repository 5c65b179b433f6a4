/**
 * The library's entry points, as deno.json lists them.
 *
 * @module
 */

/** A module that others may import. */
export interface Entry {
  /** As package.json names it: `.`, `./s3`. */
  subpath: string;
  /** The source, relative to the root. */
  source: string;
  /** The built module's file name without its extension. */
  name: string;
}

/**
 * Reads the list.
 *
 * @param root the tree
 * @returns the entry points
 */
export async function readEntries(root: string): Promise<Entry[]> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  return Object.entries<string>(exports).map(([subpath, path]) => ({
    subpath,
    source: path.replace(/^\.\//, ""),
    name: subpath === "." ? "s3cache" : subpath.slice("./".length),
  }));
}
