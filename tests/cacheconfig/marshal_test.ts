import { type CacheConfig, marshalCacheConfig, parseCacheConfig } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { digest, written } from "./configs.ts";

test("marshal: every config that BuildKit wrote comes out byte for byte", () => {
  assert(Object.keys(written).length >= 14);
  for (const [path, text] of Object.entries(written)) {
    const annotations = path.includes("/manifests/") ? "required" : "optional";
    const config = parseCacheConfig(text, { source: path, annotations });
    assertEquals(marshalCacheConfig(config), text);
  }
});

// The same as Go 1.26 prints for the structures of BuildKit.
test("marshal: empty fields are left out as Go leaves them out", () => {
  const config: CacheConfig = {
    layers: [
      { blob: digest(1), parent: 1 },
      { blob: digest(2), parent: -1 },
      {
        blob: digest(3),
        parent: 0,
        annotations: { mediaType: "", diffID: "", size: 0, createdAt: "0001-01-01T00:00:00Z" },
      },
    ],
    records: [
      {
        layers: [{ layer: 0, createdAt: "0001-01-01T00:00:00Z" }],
        chains: [{ layers: [], createdAt: "0001-01-01T00:00:00Z" }],
        digest: digest(4),
        inputs: [],
      },
      {
        layers: [],
        chains: [],
        digest: digest(5),
        inputs: [[{ selector: "", link: 0 }, { selector: "s", link: 0 }]],
      },
    ],
  };
  assertEquals(
    marshalCacheConfig(config),
    `{"layers":[{"blob":"${digest(1)}","parent":1},{"blob":"${digest(2)}","parent":-1},` +
      `{"blob":"${digest(3)}","annotations":{"createdAt":"0001-01-01T00:00:00Z"}}],` +
      `"records":[{"layers":[{"layer":0,"createdAt":"0001-01-01T00:00:00Z"}],` +
      `"chains":[{"layers":[],"createdAt":"0001-01-01T00:00:00Z"}],"digest":"${digest(4)}"},` +
      `{"digest":"${digest(5)}","inputs":[[{"link":0},{"selector":"s","link":0}]]}]}`,
  );
  assertEquals(marshalCacheConfig({ layers: [], records: [] }), "{}");
});

test("marshal: strings are escaped as Go escapes them, and read back the same", () => {
  const selector = '<&>\u2028\u2029\x7f\x01\b\f\n\r\t"\\/é😀\\ud800';
  const config: CacheConfig = {
    layers: [],
    records: [
      { layers: [], chains: [], digest: digest(1), inputs: [] },
      { layers: [], chains: [], digest: digest(2), inputs: [[{ selector, link: 0 }]] },
    ],
  };
  const text = marshalCacheConfig(config);
  assertEquals(
    text.slice(text.indexOf('"selector":'), text.indexOf(',"link"')),
    String.raw`"selector":"\u003c\u0026\u003e\u2028\u2029` + "\x7f" +
      String.raw`\u0001\b\f\n\r\t\"\\/` + "é😀" + String.raw`\\ud800"`,
  );
  assertEquals(parseCacheConfig(text), config);
});
