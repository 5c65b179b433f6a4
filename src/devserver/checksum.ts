/**
 * The checksums that a client may send with a body, beside its MD5.
 *
 * @module
 */
import { createHash } from "../runtime/hash.ts";
import { toHex } from "../digest.ts";
import { S3Fault } from "./errors.ts";
import type { XmlNode } from "./xml.ts";

/** The algorithms that this server computes. */
export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "SHA1" | "SHA256";

/** A checksum of an object or a part. */
export interface Checksum {
  /** How it was computed. */
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; for an object of several parts, the checksum of their checksums and `-` their number. */
  readonly value: string;
}

/** A running checksum. */
export interface RunningChecksum {
  /** Adds bytes. */
  update(bytes: Uint8Array): void | Promise<void>;
  /** Ends it. */
  base64(): string | Promise<string>;
}

/** The length of each algorithm's result, in bytes. */
const LENGTHS: Record<ChecksumAlgorithm, number> = { CRC32: 4, CRC32C: 4, SHA1: 20, SHA256: 32 };

/** Starts a checksum. */
export async function createChecksum(algorithm: ChecksumAlgorithm): Promise<RunningChecksum> {
  if (algorithm === "CRC32") return createCrc(CRC32_TABLE);
  if (algorithm === "CRC32C") return createCrc(CRC32C_TABLE);
  const hash = await createHash(algorithm === "SHA1" ? "SHA-1" : "SHA-256");
  return {
    update: (bytes) => hash.update(bytes),
    base64: async () => toBase64(fromHex(await hash.hex())),
  };
}

/** The header that carries a checksum; none without one. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return { [`x-amz-checksum-${checksum.algorithm.toLowerCase()}`]: checksum.value };
}

/** The XML element that carries a checksum; none without one. */
export function checksumElements(checksum: Checksum | undefined): XmlNode[] {
  return checksum ? [[`Checksum${checksum.algorithm}`, checksum.value]] : [];
}

/** The algorithm of a name, which S3 does not read by case. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const algorithm = name.toUpperCase();
  if (algorithm in LENGTHS) return algorithm as ChecksumAlgorithm;
  if (algorithm === "CRC64NVME") throw new S3Fault("NotImplemented", { details: { Header: name } });
  throw new S3Fault("InvalidRequest", {
    message: "Checksum algorithm provided is unsupported. Please try again with any of the valid " +
      "types: [CRC32, CRC32C, SHA1, SHA256]",
  });
}

/**
 * The checksum that a request promises for its body.
 *
 * @throws {S3Fault} if it is malformed, of an unknown kind, or not the only one
 */
export function promisedChecksum(headers: Headers): Checksum | undefined {
  const names = [...headers.keys()].filter((name) =>
    name.startsWith("x-amz-checksum-") &&
    !["x-amz-checksum-mode", "x-amz-checksum-algorithm", "x-amz-checksum-type"].includes(name)
  );
  const [name] = names;
  if (name === undefined) {
    if (headers.has("x-amz-sdk-checksum-algorithm")) {
      throw new S3Fault("InvalidRequest", {
        message: "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* " +
          "or x-amz-trailer headers were found.",
      });
    }
    return undefined;
  }
  if (names.length > 1) {
    throw new S3Fault("InvalidRequest", {
      message:
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  const algorithm = checksumAlgorithm(name.slice("x-amz-checksum-".length));
  const value = headers.get(name)!;
  if (fromBase64(value)?.length !== LENGTHS[algorithm]) {
    throw new S3Fault("InvalidRequest", { message: `Value for ${name} header is invalid.` });
  }
  return { algorithm, value };
}

/** The checksum of an object that was put together of parts: that of the parts' checksums. */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Checksum[],
): Promise<Checksum> {
  const checksum = await createChecksum(algorithm);
  for (const { value } of parts) await checksum.update(fromBase64(value)!);
  return { algorithm, value: `${await checksum.base64()}-${parts.length}` };
}

const CRC32_TABLE = crcTable(0xedb88320);
const CRC32C_TABLE = crcTable(0x82f63b78);

/** @param polynomial with its bits reversed */
function crcTable(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    return crc;
  });
}

function createCrc(table: Int32Array): RunningChecksum {
  let crc = ~0;
  return {
    update(bytes) {
      let running = crc;
      for (let i = 0; i < bytes.length; i++) {
        running = table[(running ^ bytes[i]!) & 0xff]! ^ (running >>> 8);
      }
      crc = running;
    },
    base64() {
      const result = new Uint8Array(4);
      new DataView(result.buffer).setInt32(0, ~crc);
      return toBase64(result);
    },
  };
}

/** The bytes of base64, or undefined if it is malformed. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The bytes of hexadecimal digits. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Digits of hexadecimal for what came as base64. */
export function base64ToHex(text: string): string | undefined {
  const bytes = fromBase64(text);
  return bytes && toHex(bytes);
}
