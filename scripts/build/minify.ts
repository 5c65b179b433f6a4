/**
 * Makes a bundle small.
 *
 * @module
 */
import { minify } from "../deps.ts";

/**
 * Minifies a module; what licences ask to be kept stays in it.
 *
 * @param source of the module
 * @returns the same module without white space and long names
 */
export async function minified(source: string): Promise<string> {
  const { code } = await minify(source, {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
    format: { comments: /@license/ },
  });
  if (code === undefined) throw new Error("the minifier gave nothing");
  return code;
}
