import { encodeKey } from "../../src/s3/keys.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

test("a key is percent-encoded but for unreserved characters and slashes", () => {
  assertEquals(encodeKey("a b/+c"), "a%20b/%2Bc");
  assertEquals(encodeKey("!'()*~-_."), "%21%27%28%29%2A~-_.");
  assertEquals(encodeKey("%2F\\?#&=@:,;$[]"), "%252F%5C%3F%23%26%3D%40%3A%2C%3B%24%5B%5D");
  assertEquals(encodeKey("/lead//double/"), "/lead//double/");
  assertEquals(encodeKey("é😀"), "%C3%A9%F0%9F%98%80");
});

test("a key that a URL cannot carry is refused", () => {
  for (const key of [".", "..", "a/../b", "./a", "a/."]) {
    assertThrows(() => encodeKey(key), TypeError, "path segment");
  }
  assertThrows(() => encodeKey(""), TypeError, "0 bytes");
  assertThrows(() => encodeKey("a\ud800"), URIError);
});

test("segments that only look like dots are fine", () => {
  assertEquals(encodeKey("a/.../..b/.c"), "a/.../..b/.c");
});

test("a key has at most 1,024 bytes of UTF-8", () => {
  assertEquals(encodeKey("é".repeat(512)).length, 512 * 6);
  assertThrows(() => encodeKey("é".repeat(512) + "x"), TypeError, "1025 bytes");
});
