/** Deleting one object and many. */
import type { RequestEvent } from "s3cache";
import { assertEquals } from "../../assert.ts";
import { type Cases, keysOf } from "../context.ts";

export const deletes = {
  "an object that is not there": async ({ client, prefix }) => {
    await client.delete(prefix + "absent");
  },

  "many in one request": async ({ connect, prefix }) => {
    const events: RequestEvent[] = [];
    const client = connect({ onRequest: (event) => void events.push(event) });
    const keys = ["1", "2", "3"].map((name) => prefix + name);
    for (const key of keys) await client.put(key, "x");
    events.length = 0;
    const report = await client.deleteMany([...keys, prefix + "absent"]);
    assertEquals(report.errors, []);
    assertEquals(report.deleted.toSorted(), [...keys, prefix + "absent"].toSorted());
    assertEquals(await keysOf(client.list({ prefix })), []);
    const operations = events.map(({ operation }) => operation);
    assertEquals(operations, ["DeleteObjects", "ListObjectsV2"]);
  },

  "many with keys that XML has to escape": async ({ client, prefix }) => {
    const keys = ["<&>\"'", "a b+c%2F", "é😀", "&amp;"].map((name) => prefix + name);
    for (const key of keys) await client.put(key, "x");
    const { deleted, errors } = await client.deleteMany(keys);
    assertEquals([deleted, errors], [keys, []]);
    assertEquals(await keysOf(client.list({ prefix })), []);
  },
} satisfies Cases;
