import { compareKeys, KeyIndex } from "../../src/devserver/key_index.ts";
import { assert, assertEquals, assertLess } from "../assert.ts";
import { test } from "../harness.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** The order that the index must have, by the bytes themselves. */
function compareBytes(a: string, b: string): number {
  const [x, y] = [encode(a), encode(b)];
  const length = Math.min(x.length, y.length);
  for (let i = 0; i < length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

test("keys are compared by the bytes of their UTF-8", () => {
  const keys = ["", "a", "a\0", "ab", "b", "\x7f", "é", "\ud7ff", "\ue000", "\uffff"];
  keys.push("\u{10000}", "\u{10400}", "\u{1f600}", "\u{10ffff}", "a\u{1f600}", "a\uffff");
  for (const a of keys) {
    for (const b of keys) {
      assertEquals(Math.sign(compareKeys(a, b)), Math.sign(compareBytes(a, b)), `${a} ${b}`);
    }
  }
});

test("an index lists what a sorted map would, whatever was done to it", () => {
  const index = new KeyIndex<string>();
  const expected = new Map<string, string>();
  // A small generator: the same sequence in every run.
  let state = 1;
  const random = (limit: number) => (state = (state * 48271) % 2147483647) % limit;
  const randomKey = () => ["a", "b", "a/", "b/", "\uffff", "\u{1f600}"][random(6)]! + random(40);
  for (let step = 0; step < 4000; step++) {
    const key = randomKey();
    if (random(5) < 3) {
      index.set(key, `${key}=${step}`);
      expected.set(key, `${key}=${step}`);
    } else {
      index.delete(key);
      expected.delete(key);
    }
    assertEquals(index.get(key), expected.get(key));
    if (step % 20 > 0) continue;
    const prefix = ["", "a", "b/", "\u{1f600}"][random(4)]!;
    const after = random(2) ? randomKey() : undefined;
    const past = random(3) ? undefined : randomKey().slice(0, 2);
    const limit = 1 + random(50);
    const wanted = [...expected.keys()].sort(compareBytes)
      .filter((key) => key.startsWith(prefix))
      .filter((key) => after === undefined || compareBytes(key, after) > 0)
      .filter((key) => past === undefined || compareBytes(key, past) > 0 && !key.startsWith(past))
      .slice(0, limit).map((key) => expected.get(key)!);
    assertEquals(index.list({ prefix, after, past, limit }), wanted);
  }
});

test("an index of many keys is written, paged through and emptied in good time", () => {
  const index = new KeyIndex<number>();
  const size = 200_000;
  const started = performance.now();
  for (let i = 0; i < size; i++) index.set(`blobs/sha256:${(i * 7919) % size}`, i);
  let after: string | undefined;
  let seen = 0;
  while (true) {
    const page = index.list({ prefix: "blobs/", after, limit: 1000 });
    if (page.length === 0) break;
    seen += page.length;
    for (const value of page) {
      after = `blobs/sha256:${(value * 7919) % size}`;
      index.delete(after);
    }
  }
  assertEquals(seen, size);
  assertEquals(index.list({ prefix: "", limit: 1 }), []);
  // About a second; an index that moves all its keys for each removed one takes minutes.
  assertLess(performance.now() - started, 30_000);
});

test("a key that comes back after it was removed is listed once", () => {
  const index = new KeyIndex<number>();
  for (const key of ["a", "b", "c", "d"]) index.set(key, 1);
  index.list({ prefix: "", limit: 9 });
  index.delete("b");
  index.set("b", 2);
  assertEquals(index.list({ prefix: "", limit: 9 }), [1, 2, 1, 1]);
  index.set("e", 1);
  index.delete("e");
  index.set("e", 3);
  assertEquals(index.list({ prefix: "", after: "d", limit: 9 }), [3]);
  assert(index.get("f") === undefined);
});
