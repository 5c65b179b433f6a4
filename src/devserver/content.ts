/**
 * Bytes of objects on their way out.
 *
 * @module
 */
import type { ReadableFile } from "../runtime/files.ts";
import { createHash } from "../runtime/hash.ts";
import type { Slice } from "./ranges.ts";
import type { Content } from "./storage.ts";

/** How much is read at a time, in bytes; what fits in one read is answered without a stream. */
const READ_SIZE = 1024 * 1024;

/** A part of an object as the body of an answer. */
export async function contentBody(
  content: Content,
  { start, end }: Slice,
): Promise<Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>> {
  // Opened now and not when the body is read: the object may be replaced in between.
  const file = await content.open();
  if (end - start > READ_SIZE) return streamFile(file, { start, end });
  try {
    return await file.read(start, end - start);
  } finally {
    await file.close();
  }
}

function streamFile(
  file: ReadableFile,
  { start, end }: Slice,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = start;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      try {
        if (offset < end) {
          const bytes = await file.read(offset, Math.min(READ_SIZE, end - offset));
          offset += bytes.length;
          controller.enqueue(bytes);
          return;
        }
      } catch (error) {
        await file.close();
        throw error;
      }
      await file.close();
      controller.close();
      // A reader that brought its own buffer waits until that is given back.
      controller.byobRequest?.respond(0);
    },
    cancel: () => file.close(),
  });
}

/** The bytes of a part of an object, piece by piece. */
export async function* readContent(
  content: Content,
  { start, end }: Slice,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const file = await content.open();
  try {
    for (let offset = start; offset < end; offset += READ_SIZE) {
      yield await file.read(offset, Math.min(READ_SIZE, end - offset));
    }
  } finally {
    await file.close();
  }
}

/** The MD5 of an object's bytes, in hexadecimal. */
export async function contentMd5(content: Content): Promise<string> {
  const md5 = await createHash("MD5");
  for await (const bytes of readContent(content, { start: 0, end: content.size })) {
    await md5.update(bytes);
  }
  return await md5.hex();
}
