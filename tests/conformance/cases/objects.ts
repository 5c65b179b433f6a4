/** Single objects: written, read in whole and in part, on conditions, verified. */
import { S3Error } from "s3cache";
import { assertEquals, assertRejects } from "../../assert.ts";
import { type Cases, textOf } from "../context.ts";
import { sendSigned } from "../raw.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

export const objects = {
  "put, head, get, delete": async ({ client, prefix }) => {
    const key = prefix + "k";
    const { etag } = await client.put(key, "hello");
    const info = await client.head(key);
    assertEquals([info?.size, info?.etag], [5, etag]);
    assertEquals(Math.abs(Date.now() - info!.lastModified.getTime()) < 60_000, true);
    const result = await client.get(key);
    assertEquals([result.length, result.info.etag, await result.text()], [5, etag, "hello"]);
    await client.delete(key);
    assertEquals(await client.head(key), undefined);
    const error = await assertRejects(() => client.get(key), S3Error);
    assertEquals([error.status, error.code], [404, "NoSuchKey"]);
  },

  "an empty object": async ({ client, prefix }) => {
    await client.put(prefix + "k", "");
    assertEquals((await client.head(prefix + "k"))?.size, 0);
    assertEquals(await textOf(client, prefix + "k"), "");
  },

  "ranges": async ({ client, prefix }) => {
    await client.put(prefix + "k", "0123456789");
    const read = async (start: number, end?: number) => {
      const range = end === undefined ? { start } : { start, end };
      const result = await client.get(prefix + "k", { range });
      return [text(await result.bytes()), result.length, result.info.size];
    };
    assertEquals(await read(0, 3), ["0123", 4, 10]);
    assertEquals(await read(4, 4), ["4", 1, 10]);
    assertEquals(await read(7), ["789", 3, 10]);
    assertEquals(await read(8, 99), ["89", 2, 10]);
  },

  "a range past the end is refused": async ({ client, prefix }) => {
    await client.put(prefix + "k", "0123456789");
    const past = () => client.get(prefix + "k", { range: { start: 10 } });
    assertEquals((await assertRejects(past, S3Error)).status, 416);
  },

  "headers and metadata": async ({ client, prefix }) => {
    const headers = {
      contentType: "application/vnd.x+json",
      cacheControl: "max-age=60",
      contentDisposition: 'attachment; filename="a b.txt"',
      contentLanguage: "de",
      metadata: { "a-b": "some value", n: "1" },
    };
    await client.put(prefix + "k", "x", headers);
    const info = await client.head(prefix + "k");
    const { contentType, cacheControl, contentDisposition, contentLanguage, metadata } = info!;
    assertEquals(
      { contentType, cacheControl, contentDisposition, contentLanguage, metadata },
      headers,
    );
  },

  "content encoding is kept, the bytes are not decoded": async ({ client, prefix }) => {
    const gzip = new Response(
      new Blob(["hello"]).stream().pipeThrough(
        new CompressionStream("gzip"),
      ),
    );
    const bytes = new Uint8Array(await gzip.arrayBuffer());
    await client.put(prefix + "k", bytes, { contentType: "application/gzip" });
    assertEquals(await (await client.get(prefix + "k")).bytes(), bytes);
    await client.put(prefix + "k", bytes, { contentEncoding: "gzip" });
    assertEquals(await (await client.get(prefix + "k")).bytes(), bytes);
    await client.put(prefix + "k", "not compressed", { contentEncoding: "zstd" });
    assertEquals((await client.head(prefix + "k"))?.contentEncoding, "zstd");
  },

  "storage class": async ({ client, prefix }) => {
    await client.put(prefix + "k", "x", { storageClass: "STANDARD_IA" });
    assertEquals((await client.head(prefix + "k"))?.storageClass, "STANDARD_IA");
  },

  "put if there is none": async ({ client, prefix }) => {
    await client.put(prefix + "k", "first", { ifNoneMatch: "*" });
    const again = () => client.put(prefix + "k", "second", { ifNoneMatch: "*" });
    assertEquals((await assertRejects(again, S3Error)).status, 412);
    assertEquals(await textOf(client, prefix + "k"), "first");
  },

  "put if it is this one": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "k", "first");
    await client.put(prefix + "k", "second", { ifMatch: etag });
    const again = () => client.put(prefix + "k", "third", { ifMatch: etag });
    assertEquals((await assertRejects(again, S3Error)).status, 412);
    assertEquals(await textOf(client, prefix + "k"), "second");
  },

  "get if it is this one, or another": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "k", "x");
    const { body } = await client.get(prefix + "k", { ifMatch: etag });
    await body.cancel();
    const wrong = () => client.get(prefix + "k", { ifMatch: '"00000000000000000000000000000000"' });
    assertEquals((await assertRejects(wrong, S3Error)).status, 412);
    const same = () => client.get(prefix + "k", { ifNoneMatch: etag });
    assertEquals((await assertRejects(same, S3Error)).code, "NotModified");
  },

  "delete if it is this one": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "k", "x");
    const wrong = () =>
      client.delete(prefix + "k", { ifMatch: '"00000000000000000000000000000000"' });
    assertEquals((await assertRejects(wrong, S3Error)).status, 412);
    await client.delete(prefix + "k", { ifMatch: etag });
    assertEquals(await client.head(prefix + "k"), undefined);
  },

  "bytes that changed on the way are refused": async ({ connect, server, prefix }) => {
    const send = server.options.fetch ?? fetch;
    const client = connect({
      fetch: (input, init) => send(input, { ...init, body: "jello" }),
    });
    const error = await assertRejects(() => client.put(prefix + "k", "hello"), S3Error);
    assertEquals(error.status, 400);
  },

  "a wrong checksum is refused": async (context) => {
    for (const [name, value] of [["sha256", "A".repeat(43) + "="], ["crc32c", "AAAAAA=="]]) {
      const answer = await sendSigned(context, "PUT", context.prefix + "k", "hello", {
        [`x-amz-checksum-${name}`]: value!,
      });
      assertEquals([name, answer.status], [name, 400]);
    }
  },

  "checksum SHA-256": async ({ client, prefix }) => {
    await client.put(prefix + "k", "hello", { checksum: "SHA256" });
    assertEquals(await textOf(client, prefix + "k"), "hello");
  },

  "checksum CRC32C": async ({ client, prefix }) => {
    await client.put(prefix + "k", "hello", { checksum: "CRC32C" });
    assertEquals(await textOf(client, prefix + "k"), "hello");
  },
} satisfies Cases;
