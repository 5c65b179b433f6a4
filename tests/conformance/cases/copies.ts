/** Copies on the server. */
import { S3Error } from "s3cache";
import { openTransport } from "../../../src/s3/client.ts";
import { copyParts, copySource } from "../../../src/s3/copy.ts";
import type { Transport } from "../../../src/s3/transport.ts";
import { sleep } from "../../../src/sleep.ts";
import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { BUCKETS, type Cases, type Context, pattern, textOf } from "../context.ts";

const PART = 5 * 1024 * 1024;

/** The client copies in parts only above 5 GiB; the layer below it can be asked to at any size. */
function transport({ server }: Context): Transport {
  return openTransport({ ...server.options, bucket: BUCKETS.main });
}

export const copies = {
  "a copy, with the source's headers": async ({ client, prefix }) => {
    const headers = { contentType: "text/x-test", metadata: { a: "b" } };
    await client.put(prefix + "from", "hello", headers);
    const { etag } = await client.copy(prefix + "from", prefix + "to");
    assertEquals(await textOf(client, prefix + "to"), "hello");
    const info = await client.head(prefix + "to");
    assertEquals([info?.etag, info?.contentType, info?.metadata], [
      etag,
      headers.contentType,
      headers.metadata,
    ]);
  },

  "a copy, with headers of its own": async ({ client, prefix }) => {
    await client.put(prefix + "from", "hello", { metadata: { a: "b" } });
    await client.copy(prefix + "from", prefix + "to", {
      metadataDirective: "REPLACE",
      contentType: "text/x-other",
      metadata: { c: "d" },
    });
    const info = await client.head(prefix + "to");
    assertEquals([info?.contentType, info?.metadata], ["text/x-other", { c: "d" }]);
  },

  "a copy onto itself moves its time": async ({ client, prefix }) => {
    await client.put(prefix + "k", "hello");
    const before = (await client.head(prefix + "k"))!;
    await sleep(1100);
    await client.copy(prefix + "k", prefix + "k", { metadataDirective: "REPLACE" });
    const after = (await client.head(prefix + "k"))!;
    assertEquals(await textOf(client, prefix + "k"), "hello");
    assert(after.lastModified > before.lastModified, "LastModified has not moved");
  },

  "a source whose key has to be encoded": async ({ client, prefix }) => {
    for (const name of ["a b", "a+b", "a%2Fb", "é😀", "a?b#c", "a&b=c", "a:b"]) {
      const key = `${prefix}${name}`;
      await client.put(key, name);
      await client.copy(key, `${key} copy`);
      assertEquals(await textOf(client, `${key} copy`), name);
    }
  },

  "a source in another bucket": async ({ client, connect, prefix }) => {
    await connect({ bucket: BUCKETS.other }).put(prefix + "from", "hello");
    await client.copy(prefix + "from", prefix + "to", { sourceBucket: BUCKETS.other });
    assertEquals(await textOf(client, prefix + "to"), "hello");
  },

  "a copy if the source is this one": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "from", "hello");
    await client.copy(prefix + "from", prefix + "to", { sourceIfMatch: etag });
    await client.put(prefix + "from", "changed");
    const again = () => client.copy(prefix + "from", prefix + "to", { sourceIfMatch: etag });
    assertEquals((await assertRejects(again, S3Error)).status, 412);
    assertEquals(await textOf(client, prefix + "to"), "hello");
  },

  "a source that is not there": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "other", "x");
    // With what is known of a source, it is not asked for again.
    const source = { key: prefix + "absent", size: 1, lastModified: new Date(), etag };
    const copy = () => client.copy(prefix + "absent", prefix + "to", { source });
    const error = await assertRejects(copy, S3Error);
    assertEquals([error.status, error.code], [404, "NoSuchKey"]);
  },

  "a copy in parts": async (context) => {
    const { client, prefix } = context;
    const bytes = pattern(2 * PART + 1);
    await client.put(prefix + "from é+", bytes, { metadata: { a: "b" } });
    const info = (await client.head(prefix + "from é+"))!;
    const source = copySource(BUCKETS.main, info.key);
    await copyParts(transport(context), source, prefix + "to", info, { partSize: PART });
    const result = await client.get(prefix + "to");
    assertEquals(result.info.metadata, { a: "b" });
    assertEquals(await result.bytes(), bytes);
  },
} satisfies Cases;
