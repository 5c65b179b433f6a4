import { parseIni } from "../../src/credentials/ini.ts";
import { assertEquals } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { test } from "../harness.ts";

/** The sections as plain objects; nested properties are objects too. */
function parse(text: string): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    [...parseIni(text)].map(([name, { values, nested }]) => [
      name,
      { ...Object.fromEntries(values), ...mapValues(nested, (map) => Object.fromEntries(map)) },
    ]),
  );
}

function mapValues<T, U>(map: Map<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries([...map].map(([key, value]) => [key, change(value)]));
}

test("the dialect of the AWS files", () => {
  const text = `
before = nobody's
# comment
[default] ; comment
Region = eu-west-1 # comment
secret=a#b;c ; comment
quoted = "x y"
other: 'z' \t# comment
empty =

[profile \t my ci ]
s3 =
  endpoint_url = http://localhost:9000 # no comment
  Max = "1"
list = one
  two
  \tthree # no comment
  late = 1 # comment
[services a#b]
[]
nameless = 1
[default]
region = us-east-1
`;
  assertEquals(parse(text), {
    default: {
      region: "us-east-1",
      secret: "a#b;c",
      quoted: "x y",
      other: "z",
      empty: "",
    },
    "profile my ci": {
      s3: { endpoint_url: "http://localhost:9000 # no comment", max: "1" },
      list: "one\ntwo\nthree # no comment",
      late: "1",
    },
  });
});

test("line ends of Windows, and what makes no sense", () => {
  assertEquals(parse("[a]\r\nx = 1\r\n\r\n[b\r\n= 2\r\nno\r\n"), { a: { x: "1", "": "2" } });
  assertEquals(parse('[a]\nx = "\ny = \'"\nz = ""'), { a: { x: '"', y: "'\"", z: "" } });
});

test("no text is an error, and every property is read back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => void parseIni(text)),
  );
  const word = fc.stringMatching(/^[a-z_]{1,12}$/);
  const value = fc.stringMatching(/^[A-Za-z0-9+/=#;:]{1,40}$/);
  fc.assert(
    fc.property(fc.dictionary(word, value, { noNullPrototype: true }), (fields) => {
      const lines = Object.entries(fields).map(([key, value]) => `${key}=${value}`);
      assertEquals(parse(`[default]\n${lines.join("\n")}\n`), { default: fields });
    }),
  );
});
