/** The standard library's assertions; the npm build has no types, so they are given here. */
// @ts-types="./assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
