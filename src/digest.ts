/**
 * Digests: the names of blobs. Nothing that came from outside is used as a digest, in a key, a
 * path or a URL, before it passed {@linkcode isDigest}.
 *
 * @module
 */

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Whether a value is a well-formed SHA-256 digest.
 *
 * @example
 * ```ts
 * import { isDigest } from "@s3cache/s3cache";
 *
 * console.assert(isDigest("sha256:" + "0".repeat(64)));
 * console.assert(!isDigest("sha256:../../etc/passwd"));
 * ```
 *
 * @param value anything
 * @returns true if it is `sha256:` and 64 lower-case hexadecimal digits
 */
export function isDigest(value: unknown): value is string {
  return typeof value === "string" && DIGEST.test(value);
}

/** Bytes that are not what their digest or size says: a damaged or forged blob. */
export class IntegrityError extends Error {
  /** `IntegrityError`. */
  override readonly name = "IntegrityError";
}

/**
 * Lower-case hexadecimal of bytes.
 *
 * @param bytes any number of bytes
 * @returns two digits a byte
 */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The digest of bytes that are in memory.
 *
 * @param data bytes, or text as UTF-8
 * @returns `sha256:` and 64 hexadecimal digits
 */
export async function digestOf(data: Uint8Array | string): Promise<string> {
  return "sha256:" + await sha256Hex(data);
}

/**
 * SHA-256 of bytes that are in memory, as hexadecimal: what `x-amz-content-sha256` carries.
 *
 * @param data bytes, or text as UTF-8
 * @returns 64 hexadecimal digits
 */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)));
}
