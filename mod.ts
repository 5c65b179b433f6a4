/**
 * BuildKit's S3 build cache for TypeScript: export, import and look after the caches that
 * `docker buildx build` keeps with `type=s3`.
 *
 * @module
 */
export * from "./s3.ts";
export { digestOf, isDigest } from "./src/digest.ts";
