import { CacheConfigError, marshalCacheConfig, parseCacheConfig, type ParseOptions } from "s3cache";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { digest, written } from "./configs.ts";

const A = digest(0xa);
const B = digest(0xb);
const TIME = "2026-11-23T22:44:25.250903951+01:00";
const bytes = (text: string) => new TextEncoder().encode(text);

function refused(data: string | Uint8Array, ...parts: string[]): void {
  const error = assertThrows(
    () => parseCacheConfig(data, { source: "manifests/app" }),
    CacheConfigError,
  );
  assertEquals(error.source, "manifests/app");
  assertStringIncludes(error.message, "manifests/app: ");
  for (const part of parts) assertStringIncludes(error.message, part);
}

test("parse: absent lists are empty, absent selectors empty, an absent parent is layer 0", () => {
  const config = parseCacheConfig(JSON.stringify({
    layers: [{ blob: A, parent: -1 }, { blob: B }],
    records: [{ digest: A }, { digest: B, inputs: [[{ link: 0 }, {}]] }],
  }));
  assertEquals(config, {
    layers: [{ blob: A, parent: -1 }, { blob: B, parent: 0 }],
    records: [
      { layers: [], chains: [], digest: A, inputs: [] },
      {
        layers: [],
        chains: [],
        digest: B,
        inputs: [[{ selector: "", link: 0 }, { selector: "", link: 0 }]],
      },
    ],
  });
});

test("parse: every field, its text kept", () => {
  const text = JSON.stringify({
    layers: [{
      blob: A,
      parent: -1,
      annotations: { mediaType: "m", diffID: B, size: 7, createdAt: TIME },
    }],
    records: [{
      layers: [{ layer: 0, createdAt: TIME }],
      chains: [{ layers: [0, 0], createdAt: TIME }],
      digest: A,
    }, { digest: B, inputs: [[{ selector: "s", link: 0 }]] }],
  });
  assertEquals(
    JSON.stringify(parseCacheConfig(text)),
    JSON.stringify({
      ...JSON.parse(text),
      records: [
        { ...JSON.parse(text).records[0], inputs: [] },
        { layers: [], chains: [], digest: B, inputs: [[{ selector: "s", link: 0 }]] },
      ],
    }),
  );
});

test("parse: null, unknown keys, white space and keys in another case are read as by Go", () => {
  const empty = { layers: [], records: [] };
  for (const text of ["{}", "null", " \n{\t}\r ", '{"layers":null,"records":[]}']) {
    assertEquals(parseCacheConfig(text), empty, text);
  }
  const unknown =
    '{"a":{"b":[1.5e3,-0.1,{"c":"\\u0041"},[],{}]},"d":true,"e":false,"f":null,"g":-0}';
  assertEquals(parseCacheConfig(unknown), empty);
  assertEquals(
    parseCacheConfig(`{"LAYERS":[{"Blob":"${A}","PARENT":-1,"annotations":null}]}`).layers,
    [{ blob: A, parent: -1 }],
  );
  const nulls = `{"records":[{"digest":"${A}","inputs":null},{"digest":"${B}","inputs":[[null]]}]}`;
  assertEquals(parseCacheConfig(nulls).records[1]?.inputs, [[{ selector: "", link: 0 }]]);
  const times = `{"layers":[{"blob":"${A}","parent":-1}],"records":[{"digest":"${A}",` +
    `"layers":[{"createdAt":null}]}]}`;
  assertEquals(parseCacheConfig(times).records[0]?.layers, [
    { layer: 0, createdAt: "0001-01-01T00:00:00Z" },
  ]);
  assert(Object.is(
    parseCacheConfig(`{"layers":[{"blob":"${A}","parent":-1},
    {"blob":"${B}","parent":-0}]}`).layers[1]?.parent,
    0,
  ));
});

test("parse: escapes, and halves of surrogate pairs as U+FFFD", () => {
  const selectors = (text: string) =>
    parseCacheConfig(`{"records":[{"digest":"${A}"},{"digest":"${B}","inputs":[[{${text}}]]}]}`)
      .records[1]?.inputs[0]?.[0]?.selector;
  assertEquals(
    selectors(String.raw`"selector":"\"\\\/\b\f\n\r\t\u003c\ud83d\ude00"`),
    '"\\/\b\f\n\r\t<😀',
  );
  assertEquals(selectors(String.raw`"selector":"\ud800x"`), "\ufffdx");
  assertEquals(selectors('"selector":"\udc00x"'), "\ufffdx");
  assertEquals(selectors(String.raw`"sel\u0065ctor":"x"`), "x");
});

test("parse: what is not JSON is refused, with the place", () => {
  const cases: [string, string][] = [
    ["", "position 0: not JSON: it ends too early"],
    ["<Error/>", 'position 0: not JSON: unexpected "<"'],
    ["\ufeff{}", "position 0: not JSON"],
    ["{", "position 1: not JSON: it ends too early"],
    ['{"layers":[}', 'position 11: not JSON: unexpected "}"'],
    ['{"layers":[],}', 'position 13: not JSON: unexpected "}"'],
    ["{layers:[]}", 'position 1: not JSON: unexpected "l"'],
    ['{"layers" []}', 'position 10: not JSON: unexpected "["'],
    ['{"layers":[] "records":[]}', "position 13: not JSON"],
    ['{"x":01}', 'position 6: not JSON: unexpected "1"'],
    ['{"x":1.}', "position 6: not JSON"],
    ['{"x":+1}', "position 5: not JSON"],
    ['{"x":.5}', "position 5: not JSON"],
    ['{"x":-}', "position 5: not JSON"],
    ['{"x":nul}', "position 5: not JSON"],
    ['{"x":undefined}', "position 5: not JSON"],
    ['{"x":NaN}', "position 5: not JSON"],
    ['{"x":"a\nb"}', 'position 7: not JSON: unexpected "\\n"'],
    ['{"x":"a\\xb"}', "position 5: not JSON: a string with a bad escape"],
    ['{"x":"a\\', "not JSON: it ends too early"],
    ['{"x":"\\u12"}', "not JSON: a string with a bad escape"],
    ['{"x":[1,]}', "position 8: not JSON"],
    ['{"x":{"y"}}', "position 9: not JSON"],
    ['{"x":[}}', "position 6: not JSON"],
    ["{'x':1}", "position 1: not JSON"],
    ["{}{}", "position 2: not JSON: data after the JSON"],
    ["{} x", "position 3: not JSON: data after the JSON"],
    ["{}\0", "position 2: not JSON: data after the JSON"],
    ["null,", "position 4: not JSON: data after the JSON"],
  ];
  for (const [text, problem] of cases) {
    refused(text, problem);
    refused(bytes(text), problem);
  }
  refused(Uint8Array.of(0x7b, 0xff, 0x7d), "not UTF-8");
});

test("parse: a key that stands twice is refused", () => {
  refused('{"layers":[],"layers":[]}', "layers: this key stands twice");
  refused(`{"layers":[{"blob":"${A}","BLOB":"${B}"}]}`, "layers[0].blob: this key stands twice");
});

test("parse: values of the wrong type are refused, with the place", () => {
  const cases: [string, string][] = [
    ["[]", "expected an object, got an array"],
    ['"x"', "expected an object, got a string"],
    ["1", "expected an object, got a number"],
    ['{"layers":{}}', "layers: expected an array, got an object"],
    ['{"layers":[1]}', "layers[0]: expected an object, got a number"],
    ['{"layers":[{"blob":1}]}', "layers[0].blob: expected a string, got a number"],
    ['{"layers":[{"parent":"0"}]}', "layers[0].parent: expected an integer, got a string"],
    ['{"layers":[{"parent":0.0}]}', "layers[0].parent: expected an integer below 2^53, got 0.0"],
    ['{"layers":[{"parent":1e0}]}', "layers[0].parent: expected an integer below 2^53, got 1e0"],
    [
      '{"layers":[{"annotations":{"size":9007199254740992}}]}',
      "layers[0].annotations.size: expected an integer below 2^53, got 9007199254740992",
    ],
    ['{"layers":[{"annotations":[]}]}', "layers[0].annotations: expected an object, got an array"],
    ['{"records":[{"digest":true}]}', "records[0].digest: expected a string, got true"],
    ['{"records":[{"layers":false}]}', "records[0].layers: expected an array, got false"],
    ['{"records":[{"inputs":[{}]}]}', "records[0].inputs[0]: expected an array, got an object"],
    [
      '{"records":[{"inputs":[[{},{"link":"1"}]]}]}',
      "records[0].inputs[0][1].link: expected an integer, got a string",
    ],
    ['{"records":[{"chains":[{"layers":["1"]}]}]}', "records[0].chains[0].layers[0]: expected an"],
  ];
  for (const [text, problem] of cases) refused(text, `manifests/app: ${problem}`);
});

test("parse: malformed digests, sizes and times are refused", () => {
  const layer = (fields: object) =>
    JSON.stringify({ layers: [{ blob: A, parent: -1, ...fields }] });
  for (
    const blob of [
      "",
      "sha256:",
      A.slice(0, -1),
      A + "0",
      A.toUpperCase(),
      "sha512:" + "0".repeat(128),
      "random:" + "0".repeat(64),
      "sha256:../../../etc/passwd",
      A + "\n",
    ]
  ) {
    refused(layer({ blob }), "layers[0].blob: expected sha256:", JSON.stringify(blob).slice(0, 40));
    refused(JSON.stringify({ records: [{ digest: blob }] }), "records[0].digest: expected sha256:");
  }
  refused(layer({ blob: "x".repeat(1e6) }), "xxx…");
  refused('{"layers":[null]}', "layers[0].blob");
  refused(layer({ annotations: { diffID: "x" } }), "layers[0].annotations.diffID");
  refused(layer({ annotations: { size: -1 } }), "layers[0].annotations.size", "-1");
  refused(layer({ annotations: { createdAt: "" } }), "layers[0].annotations.createdAt");
  const result = (records: object) =>
    JSON.stringify({ layers: [{ blob: A, parent: -1 }], records: [{ digest: A, ...records }] });
  const createdAt = "2026-02-30T00:00:00Z";
  refused(result({ layers: [{ createdAt }] }), "records[0].layers[0].createdAt", createdAt);
  refused(result({ chains: [{ createdAt }] }), "records[0].chains[0].createdAt", createdAt);
});

test("parse: indices out of range and empty inputs are refused", () => {
  const layers = [{ blob: A, parent: -1 }];
  for (const index of [-1, 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    const records = (record: object) =>
      JSON.stringify({ records: [{ digest: A, ...record }], layers });
    const got = `of which there are 1, got ${index}`;
    if (index !== -1) {
      refused(JSON.stringify({ layers: [{ blob: A, parent: index }] }), "layers[0].parent", got);
    }
    refused(records({ layers: [{ layer: index }] }), "records[0].layers[0].layer", got);
    refused(records({ chains: [{ layers: [0, index] }] }), "records[0].chains[0].layers[1]", got);
    refused(records({ inputs: [[{ link: index }]] }), "records[0].inputs[0][0].link", got);
  }
  refused(JSON.stringify({ layers: [{ blob: A, parent: -2 }] }), "layers[0].parent", "got -2");
  for (const empty of ["[]", "null"]) {
    refused(
      `{"records":[{"digest":"${A}"},{"digest":"${B}","inputs":[[{}],${empty}]}]}`,
      "records[1].inputs[1]",
      "got an empty list",
    );
  }
});

test("parse: loops are refused, wherever they are", () => {
  const layers = (...parents: number[]) =>
    JSON.stringify({ layers: parents.map((parent) => ({ blob: A, parent })) });
  refused(`{"layers":[{"blob":"${A}"}]}`, "layers[0].parent: 0 closes a loop");
  refused(layers(1, 0), "layers[1].parent: 0 closes a loop");
  refused(layers(-1, 0, 3, 4, 2), "layers[4].parent: 2 closes a loop");
  refused(layers(-1, 2, 3, 2), "layers[3].parent: 2 closes a loop");
  const records = (...links: number[][]) =>
    JSON.stringify({
      records: links.map((link) => ({ digest: A, inputs: link.map((link) => [{ link }]) })),
    });
  refused(records([0]), "records[0].inputs[0][0].link: 0 closes a loop");
  refused(records([], [0, 2], [1]), "records[2].inputs[0][0].link: 1 closes a loop");
  refused(records([1], [2], [3], [], [0, 5], [4]), "records[5].inputs[0][0].link: 4 closes a loop");
  // A record behind a loop, but not on it, is not the one to blame.
  refused(records([1], [1]), "records[1].inputs[0][0].link: 1 closes a loop");
  parseCacheConfig(layers(-1, 2, 0, 2));
  parseCacheConfig(records([1, 2], [2, 2], []));
});

test("parse: a manifest needs annotations with a diffID, a local config does not", () => {
  const parse = (layer: object, options: ParseOptions) =>
    parseCacheConfig(JSON.stringify({ layers: [{ blob: A, parent: -1, ...layer }] }), options);
  for (const layer of [{}, { annotations: null }, { annotations: {} }]) {
    parse(layer, {});
    parse(layer, { annotations: "optional" });
    assertThrows(() => parse(layer, { annotations: "required" }), CacheConfigError, "layers[0]");
  }
  assertEquals(parse({ annotations: { diffID: B } }, { annotations: "required" }).layers[0], {
    blob: A,
    parent: -1,
    annotations: { mediaType: "", diffID: B, size: 0, createdAt: "0001-01-01T00:00:00Z" },
  });
});

test("parse: limits on bytes, layers, records and depth", () => {
  const text = JSON.stringify({
    layers: [{ blob: A, parent: -1 }, { blob: B, parent: -1 }],
    records: [{ digest: A }, { digest: B }],
  });
  const exact = { maxBytes: text.length, maxLayers: 2, maxRecords: 2 };
  parseCacheConfig(bytes(text), exact);
  const parse = (options: ParseOptions) => () =>
    parseCacheConfig(bytes(text), { ...exact, ...options });
  assertThrows(parse({ maxBytes: text.length - 1 }), CacheConfigError, "the limit is");
  assertThrows(parse({ maxLayers: 1 }), CacheConfigError, "more than 1 layers");
  assertThrows(parse({ maxRecords: 1 }), CacheConfigError, "more than 1 records");
  const nested = (depth: number) => `{"x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  parseCacheConfig(nested(10_000));
  refused(nested(10_001), "nested more than 10000 deep");
  refused('{"x":' + "[".repeat(1_000_000), "nested more than 10000 deep");
  refused('{"x":' + '{"y":'.repeat(1_000_000), "nested more than 10000 deep");
});

test("parse: cut off or damaged anywhere, a real manifest is refused or still sound", () => {
  const text = written["link-max/s3/manifests/app"]!;
  for (let length = 0; length < text.length; length += 7) {
    refused(text.slice(0, length), "not JSON");
  }
  let accepted = 0;
  for (let at = 0; at < text.length; at += 3) {
    const damaged = text.slice(0, at) + "9" + text.slice(at + 1);
    try {
      marshalCacheConfig(parseCacheConfig(damaged, { annotations: "required" }));
      accepted++;
    } catch (error) {
      assert(error instanceof CacheConfigError, String(error));
    }
  }
  assert(accepted > 0);
});
