/**
 * Streams that are checked while they are read.
 *
 * @module
 */
import { IntegrityError } from "../digest.ts";
import { createHash, type Hash } from "./hash.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The same stream, which fails at its end if its bytes are not those of a digest.
 *
 * @param body the bytes
 * @param digest what they should be, `sha256:` and hexadecimal
 * @param what the bytes are, for the message
 * @throws {IntegrityError} from the stream, in place of its end
 */
export function verified(
  body: ReadableStream<Bytes>,
  digest: string,
  what: string,
): ReadableStream<Bytes> {
  let sha256: Hash;
  return body.pipeThrough(
    new TransformStream<Bytes, Bytes>(
      {
        async start() {
          sha256 = await createHash("SHA-256");
        },
        async transform(chunk, controller) {
          await sha256.update(chunk);
          controller.enqueue(chunk);
        },
        async flush() {
          const actual = `sha256:${await sha256.hex()}`;
          if (actual !== digest) {
            throw new IntegrityError(`${what}: has the digest ${actual}, expected ${digest}`);
          }
        },
      },
      undefined,
      { highWaterMark: 0 },
    ),
  );
}
