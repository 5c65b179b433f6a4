/**
 * SHA-256 of a stream, by the fastest hash that the runtime has: node:crypto on Deno, Bun and Node,
 * DigestStream on workerd. Web Crypto itself can only hash what is whole in memory.
 *
 * @module
 */
import { toHex } from "../digest.ts";
import { runtime } from "./runtime.ts";

/** A running SHA-256. */
export interface Sha256 {
  /** Adds bytes; may return a promise that must be awaited before the buffer is reused. */
  update(bytes: Uint8Array): void | Promise<void>;
  /** Ends the hash: 64 hexadecimal digits. */
  hex(): string | Promise<string>;
}

/** workerd's own stream that digests what is written to it. */
interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>;
}

/**
 * Starts a SHA-256.
 *
 * @returns a hash to feed
 * @throws {Error} on a runtime that cannot hash a stream
 */
export async function createSha256(): Promise<Sha256> {
  if (runtime === "workerd") return digestStreamSha256();
  if (runtime === "other") {
    throw new Error("this runtime has no SHA-256 that can be fed piece by piece");
  }
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  return {
    update: (bytes) => void hash.update(bytes),
    hex: () => hash.digest("hex"),
  };
}

function digestStreamSha256(): Sha256 {
  const { DigestStream } = crypto as unknown as {
    DigestStream: new (algorithm: string) => DigestStream;
  };
  const stream = new DigestStream("SHA-256");
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
