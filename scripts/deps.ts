/**
 * The only file that names a dependency of the scripts.
 *
 * @module
 */

/** The TypeScript compiler, for the declarations of the npm package. */
export { default as ts } from "npm:typescript@5.9.3";
/** Puts a tree of declarations into one file. */
export { generateDtsBundle } from "npm:dts-bundle-generator@9.5.1";
/** The minifier with the smallest output. */
export { minify } from "npm:terser@5.51.2";
