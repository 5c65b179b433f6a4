/** Objects that are sent, and read, in parts. */
import { S3Error } from "s3cache";
import { assertEquals, assertRejects } from "../../assert.ts";
import { type Cases, type Context, keysOf, pattern } from "../context.ts";

const MIB = 1024 * 1024;
const PART = 5 * MIB;

/** A stream in pieces that fit no part. */
function stream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at += 700_001));
    },
  });
}

async function pendingIn({ client, prefix }: Context): Promise<string[]> {
  return await keysOf(client.listMultipartUploads({ prefix }));
}

export const multipart = {
  "an upload of known length": async ({ client, prefix }) => {
    const bytes = pattern(2 * PART + 1);
    const progress: number[] = [];
    const { size, etag } = await client.upload(prefix + "k", new Blob([bytes]), {
      partSize: PART,
      onProgress: ({ bytes }) => void progress.push(bytes),
    });
    assertEquals([size, progress.length], [bytes.length, 3]);
    const result = await client.get(prefix + "k");
    assertEquals(result.info.etag, etag);
    assertEquals(await result.bytes(), bytes);
  },

  "an upload of unknown length": async ({ client, prefix }) => {
    const bytes = pattern(2 * PART + 12_345);
    const { size } = await client.upload(prefix + "k", stream(bytes), { partSize: PART });
    assertEquals(size, bytes.length);
    assertEquals(await (await client.get(prefix + "k")).bytes(), bytes);
  },

  "an upload with headers and metadata": async ({ client, prefix }) => {
    await client.upload(prefix + "k", new Blob([pattern(PART + 1)]), {
      partSize: PART,
      contentType: "application/x-test",
      metadata: { a: "b" },
    });
    const info = await client.head(prefix + "k");
    assertEquals([info?.contentType, info?.metadata], ["application/x-test", { a: "b" }]);
  },

  "an upload with SHA-256 checksums": async ({ client, prefix }) => {
    const bytes = pattern(PART + 1);
    await client.upload(prefix + "k", new Blob([bytes]), { partSize: PART, checksum: "SHA256" });
    assertEquals(await (await client.get(prefix + "k")).bytes(), bytes);
  },

  "an upload with CRC32C checksums": async ({ client, prefix }) => {
    const bytes = pattern(PART + 1);
    await client.upload(prefix + "k", new Blob([bytes]), { partSize: PART, checksum: "CRC32C" });
    assertEquals(await (await client.get(prefix + "k")).bytes(), bytes);
  },

  "an upload if there is none": async ({ client, prefix }) => {
    await client.put(prefix + "k", "first");
    const upload = () =>
      client.upload(prefix + "k", new Blob([pattern(PART + 1)]), {
        partSize: PART,
        ifNoneMatch: "*",
      });
    assertEquals((await assertRejects(upload, S3Error)).status, 412);
    assertEquals(await (await client.get(prefix + "k")).text(), "first");
  },

  "pending uploads are listed, and an abort ends them": async (context) => {
    const { client, prefix } = context;
    const key = prefix + "a b+😀";
    const abort = new AbortController();
    let listed: string[] = [];
    // The first two parts are read before the upload begins: it is the third that finds it begun.
    const source = {
      size: 3 * PART,
      read: async (offset: number, length: number) => {
        if (offset === 2 * PART) {
          listed = await pendingIn(context);
          abort.abort(new Error("enough"));
        }
        return pattern(length);
      },
    };
    const upload = () => client.upload(key, source, { partSize: PART, signal: abort.signal });
    await assertRejects(upload, Error, "enough");
    assertEquals(listed, [key]);
    assertEquals(await pendingIn(context), []);
    assertEquals(await client.head(key), undefined);
  },

  "a download in parallel ranges": async ({ client, prefix }) => {
    const bytes = pattern(4 * MIB + 3);
    await client.put(prefix + "k", bytes);
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const info = await client.download(prefix + "k", {
      write: (chunk) => Promise.resolve(void chunks.push(new Uint8Array(chunk))),
    }, { partSize: MIB });
    assertEquals(info.size, bytes.length);
    assertEquals(new Uint8Array(await new Blob(chunks).arrayBuffer()), bytes);
  },
} satisfies Cases;
