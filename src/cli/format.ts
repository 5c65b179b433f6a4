/**
 * Numbers for people.
 *
 * @module
 */
export { formatAge, formatBytes, plural } from "../format.ts";
