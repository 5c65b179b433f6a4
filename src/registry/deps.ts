/**
 * The only file that names a dependency of the registry alone: the S3 client by itself is without it.
 *
 * @module
 */

/** SHA-256 in JavaScript, whose state can be saved: Web Crypto and node:crypto keep theirs. */
export { SHA256 as Sha256State } from "npm:@stablelib/sha256@2.0.1";
