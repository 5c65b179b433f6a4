/**
 * Whether this is Bun: apart from the other runtimes, for the S3 client, which needs to know no more.
 *
 * @module
 */

/** Whether this code runs on Bun. */
export const isBun: boolean = "Bun" in globalThis;
