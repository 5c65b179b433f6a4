import { goJson } from "../../src/go_json.ts";
import { inGoOrder, parseDescriptor } from "../../src/oci/descriptor.ts";
import { LayoutError } from "../../src/oci/errors.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const digest = "sha256:" + "5".repeat(64);

test("a descriptor with every field prints as Go prints it", () => {
  const value = {
    artifactType: "a/b",
    platform: { variant: "v7", os: "linux", "os.features": ["x"], "os.version": "1" },
    data: "e30=",
    annotations: { b: "<&>", "a.b": "", A: "1" },
    urls: ["https://x/?a=1&b=2"],
    size: 5,
    digest,
    mediaType: "m",
    unknown: true,
  };
  assertEquals(
    goJson(inGoOrder(parseDescriptor(value, "x"))),
    `{"mediaType":"m","digest":"${digest}","size":5,"urls":["https://x/?a=1\\u0026b=2"],` +
      `"annotations":{"A":"1","a.b":"","b":"\\u003c\\u0026\\u003e"},"data":"e30=",` +
      `"platform":{"architecture":"","os":"linux","os.version":"1","os.features":["x"],` +
      `"variant":"v7"},"artifactType":"a/b"}`,
  );
});

test("empty fields are left out where Go leaves them out", () => {
  const value = {
    digest,
    size: 0,
    urls: [],
    annotations: {},
    data: "",
    platform: {},
    artifactType: "",
  };
  assertEquals(
    goJson(inGoOrder(parseDescriptor(value, "x"))),
    `{"mediaType":"","digest":"${digest}","size":0,"platform":{"architecture":"","os":""}}`,
  );
});

test("null is an absent field, and absent fields are not there at all", () => {
  const value = { mediaType: null, digest, size: 1, urls: null, annotations: null, platform: null };
  assertEquals(parseDescriptor(value, "x"), { mediaType: "", digest, size: 1 });
});

const malformed: [string, unknown, string][] = [
  ["not an object", [], "index.json: not an object"],
  ["no digest", { size: 1 }, "index.json: digest is missing"],
  ["a path as digest", { digest: "sha256:../x", size: 1 }, 'digest is "sha256:../x"'],
  ["another hash", { digest: "sha512:" + "5".repeat(128), size: 1 }, "expected a digest"],
  ["no size", { digest }, "size is missing, expected a number of bytes"],
  ["a negative size", { digest, size: -1 }, "size is -1"],
  ["half a byte", { digest, size: 0.5 }, "size is 0.5"],
  ["a size beyond 2^53", { digest, size: 2 ** 53 }, "size is 9007199254740992"],
  ["a number as media type", { digest, size: 1, mediaType: 1 }, "mediaType is 1"],
  ["numbers as annotations", { digest, size: 1, annotations: { a: 1 } }, "expected an object of"],
  ["text as urls", { digest, size: 1, urls: "x" }, "expected an array of strings"],
  ["a number in a platform", { digest, size: 1, platform: { os: 1 } }, "platform: os is 1"],
];

for (const [what, value, message] of malformed) {
  test(`a descriptor is refused: ${what}`, () => {
    assertThrows(() => parseDescriptor(value, "index.json"), LayoutError, message);
  });
}
