/**
 * Checksums that S3 verifies on arrival and keeps with the object.
 *
 * @module
 */
import type { ChecksumAlgorithm } from "./types.ts";

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/**
 * A checksum as S3's headers carry it.
 *
 * @param algorithm which one
 * @param bytes the object, or a part of it
 * @returns base64 of the big-endian checksum
 */
export async function checksum(
  algorithm: ChecksumAlgorithm,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return base64(
    algorithm === "SHA256"
      ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))
      : crc32c(bytes),
  );
}

/** The name of the header that carries a checksum. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function crc32c(bytes: Uint8Array): Uint8Array {
  let crc = ~0;
  for (const byte of bytes) crc = CRC32C_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  const result = new Uint8Array(4);
  new DataView(result.buffer).setUint32(0, ~crc);
  return result;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
