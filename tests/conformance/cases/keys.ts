/** Keys that are hard on URLs, XML and file systems: each is put, read, listed and deleted. */
import { assertEquals } from "../../assert.ts";
import { type Case, type Cases, type Context, keysOf, textOf } from "../context.ts";

async function roundTrip({ client }: Context, key: string): Promise<void> {
  const content = `of ${key}`;
  await client.put(key, content);
  try {
    assertEquals((await client.head(key))?.size, new TextEncoder().encode(content).length);
    assertEquals(await textOf(client, key), content);
    assertEquals((await keysOf(client.list({ prefix: key }))).includes(key), true, "is listed");
  } finally {
    await client.delete(key);
  }
  assertEquals(await client.head(key), undefined, "is gone");
  assertEquals(await keysOf(client.list({ prefix: key })), [], "is listed no more");
}

/** All keys are tried, so that a failure names every one that does not work. */
function eachKey(keysWith: (prefix: string) => string[]): Case {
  return async (context) => {
    const failed: string[] = [];
    for (const key of keysWith(context.prefix)) {
      try {
        await roundTrip(context, key);
      } catch (error) {
        const reason = String(error).replace(/\s+/g, " ").slice(0, 200);
        failed.push(`${JSON.stringify(key.slice(0, 40))}: ${reason}`);
      }
    }
    if (failed.length > 0) throw new Error(failed.join("\n"));
  };
}

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));

export const keys = {
  "every printable ASCII character": eachKey((prefix) => [
    ...printable.map((character) => `${prefix}a${character}b`),
    prefix + printable.join(""),
  ]),

  "plus, percent and spaces": eachKey((prefix) =>
    ["a+b", "a%2Fb", "a%b", "%00", "a b", " ", "a ", "+"].map((name) => prefix + name)
  ),

  "emoji, accents, both forms of é": eachKey((prefix) =>
    ["é😀", "日本語", "e\u0301", "\u00e9", "👩‍👩‍👧", "\u{10ffff}"].map((name) => prefix + name)
  ),

  "control characters": eachKey((prefix) =>
    ["a\tb", "a\nb", "a\rb", "a\u0001b", "a\u007fb"].map((name) => prefix + name)
  ),

  "keys that XML has to escape, deleted at once": async ({ client, prefix }) => {
    const keys = ["a+b", "a%2Fb", "<&>\"'", "]]>", "é😀", "a b", " "].map((name) => prefix + name);
    for (const key of keys) await client.put(key, "x");
    const { deleted, errors } = await client.deleteMany(keys);
    assertEquals([deleted.toSorted(), errors], [keys.toSorted(), []]);
    for (const key of keys) assertEquals(await client.head(key), undefined, key);
  },

  "a leading slash": eachKey(() => ["/lead", "/lead/and more"]),

  "double slashes": eachKey((prefix) => [prefix + "a//b", prefix + "a///b"]),

  "a trailing slash": eachKey((prefix) => [prefix + "a/"]),

  "1,024 bytes": eachKey((prefix) => [prefix + "a".repeat(1024 - prefix.length)]),

  "1,024 bytes in segments": eachKey((prefix) => [
    (prefix + ("a".repeat(100) + "/").repeat(11)).slice(0, 1024),
  ]),

  "a key that another one begins with": async ({ client, prefix }) => {
    await client.put(prefix + "a", "1");
    await client.put(prefix + "a/b", "2");
    assertEquals(await textOf(client, prefix + "a"), "1");
    assertEquals(await textOf(client, prefix + "a/b"), "2");
    assertEquals(await keysOf(client.list({ prefix })), [prefix + "a", prefix + "a/b"]);
    await client.delete(prefix + "a");
    assertEquals(await textOf(client, prefix + "a/b"), "2");
  },
} satisfies Cases;
