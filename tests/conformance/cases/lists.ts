/** Listings, in pages, with a delimiter, from a place. */
import { S3Error } from "s3cache";
import { forEachParallel } from "../../../src/parallel.ts";
import { assertEquals, assertRejects } from "../../assert.ts";
import { collect } from "../../collect.ts";
import { type Cases, type Context, keysOf } from "../context.ts";

async function fill({ client, prefix }: Context, names: string[]): Promise<string[]> {
  const keys = names.map((name) => prefix + name);
  await forEachParallel(keys, 8, async (key) => void await client.put(key, "x"));
  return keys;
}

export const lists = {
  "size, time and ETag are listed": async ({ client, prefix }) => {
    const { etag } = await client.put(prefix + "k", "hello");
    const listed = await collect(client.list({ prefix }));
    assertEquals(listed.map(({ key, size }) => [key, size]), [[prefix + "k", 5]]);
    assertEquals(listed[0]!.etag, etag);
    const { lastModified } = (await client.head(prefix + "k"))!;
    assertEquals(Math.abs(listed[0]!.lastModified.getTime() - lastModified.getTime()) < 1000, true);
  },

  "pages": async (context) => {
    const keys = await fill(context, ["1", "2", "3", "4", "5"]);
    const { client, prefix } = context;
    assertEquals(await keysOf(client.list({ prefix, pageSize: 2 })), keys);
    const pages = await collect(client.listPages({ prefix, pageSize: 2 }));
    assertEquals(pages.map(({ objects }) => objects.length), [2, 2, 1]);
  },

  "more than 1,000 objects, listed and deleted": async (context) => {
    const names = Array.from({ length: 1005 }, (_, index) => String(index).padStart(4, "0"));
    const keys = await fill(context, names);
    const { client, prefix } = context;
    assertEquals(await keysOf(client.list({ prefix })), keys);
    const { deleted, errors } = await client.deleteMany(keys);
    assertEquals([deleted.length, errors], [1005, []]);
    assertEquals(await keysOf(client.list({ prefix })), []);
  },

  "a delimiter": async (context) => {
    await fill(context, ["a/1", "a/2", "b", "c d+/1", "e"]);
    const { client, prefix } = context;
    const pages = await collect(client.listPages({ prefix, delimiter: "/", pageSize: 3 }));
    assertEquals(pages.flatMap(({ prefixes }) => prefixes), [prefix + "a/", prefix + "c d+/"]);
    assertEquals(pages.flatMap(({ objects }) => objects.map(({ key }) => key)), [
      prefix + "b",
      prefix + "e",
    ]);
  },

  "a prefix that ends within a name": async (context) => {
    const keys = await fill(context, ["sha256:aa", "sha256:ab", "sha256:b"]);
    const { client, prefix } = context;
    assertEquals(await keysOf(client.list({ prefix: prefix + "sha256:a" })), keys.slice(0, 2));
  },

  "from a key on": async (context) => {
    const keys = await fill(context, ["1", "2", "3"]);
    const { client, prefix } = context;
    assertEquals(await keysOf(client.list({ prefix, startAfter: keys[0]! })), keys.slice(1));
    assertEquals(await keysOf(client.list({ prefix, startAfter: prefix + "15" })), keys.slice(1));
  },

  "in order of UTF-8 bytes": async (context) => {
    // In UTF-16 the emoji would be before the full-width tilde, and in most languages after B.
    const keys = await fill(context, ["B", "a", "～", "😀"]);
    const { client, prefix } = context;
    assertEquals(await keysOf(client.list({ prefix })), keys);
  },

  "nothing to list": async ({ client, prefix }) => {
    const pages = await collect(client.listPages({ prefix }));
    assertEquals(pages, [{ objects: [], prefixes: [], last: true }]);
  },

  "a bucket that does not exist": async ({ connect, prefix }) => {
    const absent = connect({ bucket: "conformance-absent" });
    const error = await assertRejects(() => collect(absent.list({ prefix })), S3Error);
    assertEquals([error.status, error.code], [404, "NoSuchBucket"]);
  },
} satisfies Cases;
