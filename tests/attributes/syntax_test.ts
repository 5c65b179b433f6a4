import { splitFields } from "../../src/attributes/csv_fields.ts";
import { parseGoDuration } from "../../src/attributes/go_duration.ts";
import { editDistance, suggest } from "../../src/attributes/suggestion.ts";
import { assertEquals } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";

const oneLine = fc.string({ unit: "binary" }).map((text) => text.replace(/[\r\n\ufeff]/g, " "));

test("any fields, quoted, come back as they were", () => {
  fc.assert(fc.property(fc.array(oneLine, { minLength: 1 }), (fields) => {
    const text = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
    assertEquals(splitFields(text), fields);
  }));
});

test("fields without comma and quote need no quotes", () => {
  const plain = oneLine.map((text) => text.replace(/[",]/g, "-"));
  fc.assert(fc.property(fc.array(plain, { minLength: 2 }), (fields) => {
    assertEquals(splitFields(fields.join(",") + "\n"), fields);
  }));
});

test("a duration is the sum of its parts", () => {
  const part = fc.tuple(
    fc.bigInt(0n, 100_000n),
    fc.constantFrom(
      ["h", 3_600_000_000_000n],
      ["m", 60_000_000_000n],
      ["s", 1_000_000_000n],
      ["ms", 1_000_000n],
      ["us", 1_000n],
      ["ns", 1n],
    ) as fc.Arbitrary<[string, bigint]>,
  );
  fc.assert(fc.property(fc.array(part, { minLength: 1 }), fc.boolean(), (parts, negative) => {
    const text = parts.map(([count, [unit]]) => `${count}${unit}`).join("");
    const sum = parts.reduce((total, [count, [, size]]) => total + count * size, 0n);
    const expected = negative ? -sum : sum;
    assertEquals(
      parseGoDuration((negative ? "-" : "") + text),
      BigInt.asIntN(64, expected) === expected ? expected : undefined,
    );
  }));
});

test("whole nanoseconds survive any fraction of a second", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 999_999_999 }), (nanoseconds) => {
    const digits = String(nanoseconds).padStart(9, "0");
    assertEquals(parseGoDuration(`1.${digits}s`), 1_000_000_000n + BigInt(nanoseconds));
  }));
});

test("the edit distance counts insertions, deletions, replacements and swaps", () => {
  assertEquals(editDistance("", "name"), 4);
  assertEquals(editDistance("name", "name"), 0);
  assertEquals(editDistance("buckte", "bucket"), 1);
  assertEquals(editDistance("regoin", "region"), 1);
  assertEquals(editDistance("ignore_error", "ignore-error"), 1);
  assertEquals(editDistance("kitten", "sitting"), 3);
});

test("the edit distance is symmetric, and zero only for equal words", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    assertEquals(editDistance(a, b), editDistance(b, a));
    assertEquals(editDistance(a, b) === 0, a === b);
  }));
});

test("a suggestion is the nearest word, or none", () => {
  const words = ["bucket", "region", "endpoint_url", "use_path_style", "acl"];
  assertEquals(suggest("buckets", words), "bucket");
  assertEquals(suggest("endpoint", words), "endpoint_url");
  assertEquals(suggest("path_style", words), "use_path_style");
  assertEquals(suggest(" region", words), "region");
  assertEquals(suggest("foo", words), undefined);
  assertEquals(suggest("", words), undefined);
  assertEquals(suggest("x".repeat(1_000_000), words), undefined);
});
