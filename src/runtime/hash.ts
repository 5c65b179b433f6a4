/**
 * Hashes of a stream, by the fastest implementation that the runtime has: node:crypto on Deno, Bun
 * and Node, DigestStream on workerd. Web Crypto itself can only hash what is whole in memory, and
 * knows no MD5.
 *
 * @module
 */
import { toHex } from "../digest.ts";

/** The hashes that S3 uses, by their Web Crypto names. */
export type HashAlgorithm = "MD5" | "SHA-1" | "SHA-256";

/** A running hash. */
export interface Hash {
  /** Adds bytes; may return a promise that must be awaited before the buffer is reused. */
  update(bytes: Uint8Array): void | Promise<void>;
  /** Ends the hash: lower-case hexadecimal digits. */
  hex(): string | Promise<string>;
}

/** workerd's own stream that digests what is written to it. */
interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;
}

/**
 * Starts a hash.
 *
 * @param algorithm which one
 * @returns a hash to feed
 * @throws {Error} on a runtime that cannot hash a stream
 */
export async function createHash(algorithm: HashAlgorithm): Promise<Hash> {
  const { DigestStream } = crypto as unknown as {
    DigestStream?: new (algorithm: string) => DigestStream;
  };
  if (DigestStream) return digestStreamHash(new DigestStream(algorithm));
  const { createHash } = await import("node:crypto");
  const hash = createHash(algorithm.replace("-", "").toLowerCase());
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest("hex"),
  };
}

function digestStreamHash(stream: DigestStream): Hash {
  // A hash that is given up is never asked for its digest.
  stream.digest.catch(() => {});
  const writer = stream.getWriter();
  return {
    update: (bytes) => writer.write(bytes),
    async hex() {
      await writer.close();
      return toHex(new Uint8Array(await stream.digest));
    },
  };
}
