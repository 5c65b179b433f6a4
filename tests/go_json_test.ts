import { goJson } from "../src/go_json.ts";
import { assertEquals } from "./assert.ts";
import { test } from "./harness.ts";

// Expected texts are what Go's encoding/json printed.

test("text is escaped as Go escapes it", () => {
  assertEquals(
    goJson('<&>\u2028\u2029\x7f\x01\b\f\n\r\t"\\/é😀'),
    '"\\u003c\\u0026\\u003e\\u2028\\u2029\x7f\\u0001\\b\\f\\n\\r\\t\\"\\\\/é😀"',
  );
});

test("half of a surrogate pair becomes U+FFFD", () => {
  assertEquals(goJson({ a: "x\ud800y", b: ["\udc00"] }), '{"a":"x\ufffdy","b":["\ufffd"]}');
});

test("keys are escaped too, keep their order, and go if they have no value", () => {
  assertEquals(goJson({ "b&": 1, a: undefined, c: null }), '{"b\\u0026":1,"c":null}');
});
