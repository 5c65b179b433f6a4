import { Attribute } from "../../src/attributes/attribute.ts";
import { splitFields } from "../../src/attributes/csv_fields.ts";
import { AttributeError } from "../../src/attributes/errors.ts";
import { parseGoBool } from "../../src/attributes/go_bool.ts";
import { parseGoDuration } from "../../src/attributes/go_duration.ts";
import { positiveInteger } from "../../src/attributes/values.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
// What Go itself made of each text; go_vectors/main.go prints it.
import json from "./go_vectors.json" with { type: "json" };

const vectors = json as {
  durations: [text: string, nanoseconds: string | null][];
  booleans: [text: string, value: boolean | null][];
  integers: [text: string, value: string | null][];
  csv: [text: string, fields: string[] | null][];
};

test("durations are read as by Go's time.ParseDuration", () => {
  for (const [text, nanoseconds] of vectors.durations) {
    const expected = nanoseconds === null ? undefined : BigInt(nanoseconds);
    assertEquals(parseGoDuration(text), expected, JSON.stringify(text));
  }
});

test("booleans are read as by Go's strconv.ParseBool", () => {
  for (const [text, value] of vectors.booleans) {
    assertEquals(parseGoBool(text), value ?? undefined, JSON.stringify(text));
  }
});

test("whole numbers are read as by Go's strconv.Atoi, between 1 and the limit", () => {
  const parse = positiveInteger(1_000_000);
  for (const [text, value] of vectors.integers) {
    const attribute = new Attribute("upload_parallelism", text, "test");
    if (value !== null && Number(value) >= 1 && Number(value) <= 1_000_000) {
      assertEquals(parse(attribute), Number(value), JSON.stringify(text));
    } else {
      assertThrows(() => parse(attribute), AttributeError, "a whole number from 1 to 1000000");
    }
  }
});

test("fields are split as by buildx's CSV parser, but in one line only", () => {
  let lineBreaks = 0;
  for (const [text, fields] of vectors.csv) {
    const broken = /[\r\n]/.test(text.replace(/\r?\n$/, ""));
    if (broken) lineBreaks++;
    if (fields === null || broken) {
      assertThrows(() => splitFields(text), SyntaxError);
    } else {
      assertEquals(splitFields(text), fields, JSON.stringify(text));
    }
  }
  assert(lineBreaks > 0);
});

test("the vectors hold good and bad texts of each kind", () => {
  for (const entries of Object.values(vectors)) {
    const good = entries.filter(([, value]) => value !== null).length;
    assert(good >= 10 && entries.length - good >= 10);
  }
});
