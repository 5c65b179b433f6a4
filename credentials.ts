/**
 * Credentials where there are neither files nor processes, such as in a worker: explicit ones, those
 * of environment bindings, and a web identity's. The whole module has the others too.
 *
 * @example
 * ```ts
 * import { credentials } from "@s3cache/s3cache/credentials";
 *
 * const secret = credentials({ accessKeyId: "AKIA", secretAccessKey: "hunter2" });
 * console.assert(!JSON.stringify(secret).includes("hunter2"));
 * ```
 *
 * @module
 */
export type { Environment } from "./src/attributes/environment_credentials.ts";
export type { RoleOptions } from "./src/credentials/assume_role.ts";
export type { ProviderOptions } from "./src/credentials/context.ts";
export { environmentProvider } from "./src/credentials/environment.ts";
export { CredentialsError, type TriedSource } from "./src/credentials/errors.ts";
export { memoize, type MemoizeOptions } from "./src/credentials/memoize.ts";
export { type WebIdentityOptions, webIdentityProvider } from "./src/credentials/web_identity.ts";
export { credentials } from "./src/secret_credentials.ts";
