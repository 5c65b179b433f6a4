import { digestOf } from "s3cache";
import { DigestTable } from "../../src/manage/digest_table.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("a table of digests answers as a map does, however it has grown", async () => {
  const table = new DigestTable();
  const map = new Map<string, number>();
  const digests = await Promise.all(Array.from({ length: 5000 }, (_, i) => digestOf(`${i}`)));
  digests.forEach((digest, i) => {
    // Every third is set twice.
    for (const value of i % 3 === 0 ? [-1, i / 2] : [i]) {
      table.set(digest, value);
      map.set(digest, value);
    }
    assertEquals(table.size, map.size);
  });
  for (const digest of digests) assertEquals(table.get(digest), map.get(digest));
  assertEquals(table.get(await digestOf("absent")), undefined);
  assertEquals([table.has(digests[0]!), table.has(await digestOf("absent"))], [true, false]);
});

test("digests that differ in one digit only are told apart", () => {
  const table = new DigestTable();
  const digests: string[] = [];
  for (let at = 0; at < 64; at++) {
    for (const digit of "1f") {
      digests.push(`sha256:${"0".repeat(at)}${digit}${"0".repeat(63 - at)}`);
    }
  }
  digests.forEach((digest, i) => table.set(digest, i));
  assertEquals(digests.map((digest) => table.get(digest)), [...digests.keys()]);
  assertEquals(table.get(`sha256:${"0".repeat(64)}`), undefined);
});
