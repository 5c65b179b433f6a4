/**
 * Where things are in the tree.
 *
 * @module
 */

/** The root of the tree. */
export const ROOT: string = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
/** What `deno task build` writes. */
export const DIST = `${ROOT}/dist`;
/** What tests write. */
export const OUT = `${ROOT}/out`;
