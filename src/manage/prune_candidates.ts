/**
 * What a two-phase prune remembers from one run to the next: which blobs it found unreferenced, and
 * since when.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import type { S3Client } from "../s3/client.ts";
import { isNoSuchKey } from "../s3/errors.ts";
import { DigestTable } from "./digest_table.ts";

/**
 * Reads what the last run has written.
 *
 * @param client of the bucket
 * @param key of the list
 * @param signal ends it
 * @returns milliseconds since 1970, by digest; empty if there is no list
 */
export async function readCandidates(
  client: S3Client,
  key: string,
  signal: AbortSignal | undefined,
): Promise<DigestTable> {
  const candidates = new DigestTable();
  let body: ReadableStream<Uint8Array<ArrayBuffer>>;
  try {
    ({ body } = await client.get(key, { signal }));
  } catch (error) {
    if (isNoSuchKey(error)) return candidates;
    throw error;
  }
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [digest, time = ""] = line.split(" ");
      const since = Date.parse(time);
      // A line that is not ours only makes a blob wait as if it had just been found.
      if (isDigest(digest) && !Number.isNaN(since)) candidates.set(digest, since);
    }
  }
  return candidates;
}

/**
 * Writes the list for the next run.
 *
 * @param client of the bucket
 * @param key of the list
 * @param candidates milliseconds since 1970, by digest
 * @param signal ends it
 */
export async function writeCandidates(
  client: S3Client,
  key: string,
  candidates: DigestTable,
  signal: AbortSignal | undefined,
): Promise<void> {
  const lines = candidates.entries();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      let text = "";
      for (let i = 0; i < 1000; i++) {
        const { done, value } = lines.next();
        if (done) break;
        text += `${value[0]} ${new Date(value[1]).toISOString()}\n`;
      }
      if (text !== "") controller.enqueue(encoder.encode(text));
      else controller.close();
    },
  });
  await client.upload(key, body, { contentType: "text/plain", signal });
}
