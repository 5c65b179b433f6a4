import { LayoutError } from "../../src/oci/errors.ts";
import { listTags, selectManifest, withManifest } from "../../src/oci/index_entries.ts";
import { parseIndex } from "../../src/oci/layout.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { fixture, fixtureText, localManifest } from "./local_fixtures.ts";

const digest = (digit: string) => "sha256:" + digit.repeat(64);
const REF = "org.opencontainers.image.ref.name";
const NAME = "io.containerd.image.name";
const entry = (digit: string, annotations?: Record<string, unknown>) => ({
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: digest(digit),
  size: 1,
  ...annotations && { annotations },
});
const parse = (text: string) => parseIndex(new TextEncoder().encode(text), "index.json");
const index = (...manifests: unknown[]) => parse(JSON.stringify({ manifests }));

for (const name of ["web-max", "link-max", "mount-max", "plat-max", "zstd-max"]) {
  test(`a new index is byte for byte that of ${name}`, () => {
    const manifest = localManifest(name);
    const descriptor = {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: manifest.digest,
      size: manifest.data.length,
    };
    const expected = fixtureText(`${name}/local/index.json`);
    assertEquals(withManifest(undefined, "latest", descriptor), expected);
    const found = parseIndex(fixture(`${name}/local/index.json`), name);
    assertEquals(withManifest(found, "latest", selectManifest(found)), expected);
  });
}

test("the default tag is latest", () => {
  const both = index(entry("a", { [REF]: "app" }), entry("b", { [REF]: "latest" }));
  assertEquals(selectManifest(both).digest, digest("b"));
  assertEquals(selectManifest(both, "app").digest, digest("a"));
});

test("an image name goes before a reference name, and the first of equals is taken", () => {
  const many = index(
    entry("a", { [REF]: "v1" }),
    entry("b", { [NAME]: "v1", [REF]: "x" }),
    entry("c", { [NAME]: "v1" }),
    entry("d", { [REF]: "v2" }),
    entry("e", { [REF]: "v2" }),
  );
  assertEquals(selectManifest(many, "v1").digest, digest("b"));
  assertEquals(selectManifest(many, "v2").digest, digest("d"));
  assertEquals(listTags(many), ["v1", "x", "v2"]);
});

test("a tag that is not there names those that are", () => {
  assertThrows(
    () => selectManifest(index(entry("a", { [REF]: "app" }), entry("b", { [NAME]: "x/y:z" })), "b"),
    LayoutError,
    'index.json: has no tag "b"; it has app, x/y:z',
  );
  assertThrows(() => selectManifest(index(entry("a"))), LayoutError, "it has no tags");
  assertThrows(() => selectManifest(parse("")), LayoutError, "it has no tags");
  const many = Array.from({ length: 25 }, (_, i) => entry("a", { [REF]: `t${i}` }));
  assertThrows(() => selectManifest(index(...many)), LayoutError, "t18, t19 and 5 more");
});

test("a damaged entry is an error only for who wants it", () => {
  const damaged = index(
    null,
    "x",
    { digest: "sha256:../../etc/passwd", size: 1, annotations: { [REF]: "evil" } },
    { annotations: { [REF]: 7 } },
    entry("a", { [REF]: "latest" }),
  );
  assertEquals(selectManifest(damaged).digest, digest("a"));
  assertThrows(
    () => selectManifest(damaged, "evil"),
    LayoutError,
    'index.json: manifests[2]: digest is "sha256:../../etc/passwd"',
  );
});

const added = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: digest("f"),
  size: 7,
};
const addedJson = `{"mediaType":"application/vnd.oci.image.manifest.v1+json",` +
  `"digest":"${digest("f")}","size":7,"annotations":{"${REF}":"app"}}`;

test("a tag moves: the entry that had it goes, the new one comes last", () => {
  const changed = withManifest(
    index(entry("a", { [REF]: "app" }), entry("b", { [REF]: "b" }), entry("c", { [REF]: "app" })),
    "app",
    added,
  );
  assertEquals(
    changed,
    `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[` +
      `${JSON.stringify(entry("b", { [REF]: "b" }))},${addedJson}]}`,
  );
});

test("an image whose reference name is the tag is another entry, and stays", () => {
  const image = entry("a", { [NAME]: "docker.io/x:app", [REF]: "app" });
  const { manifests } = JSON.parse(withManifest(index(image), "app", added));
  assertEquals(manifests, [image, JSON.parse(addedJson)]);
});

test("what else is in the index stays, known here or not", () => {
  const before = parse(
    `{"schemaVersion":2,"mediaType":"x/y","manifests":[{"new":[1,{"a":"<"}]},null],` +
      `"annotations":{"k":"v"},"other":true}`,
  );
  assertEquals(
    withManifest(before, "app", added),
    `{"schemaVersion":2,"mediaType":"x/y","manifests":[{"new":[1,{"a":"\\u003c"}]},null,` +
      `${addedJson}],"annotations":{"k":"v"},"other":true}`,
  );
});

test("a descriptor keeps its own annotations beside the tag", () => {
  const descriptor = { ...added, annotations: { z: "1", a: "2", [REF]: "old" } };
  const { manifests } = JSON.parse(withManifest(undefined, "app", descriptor));
  assertEquals(manifests[0].annotations, { a: "2", [REF]: "app", z: "1" });
  assertEquals(descriptor.annotations[REF], "old");
});

test("what is not an index is refused", () => {
  assertThrows(() => parse("{"), LayoutError, "index.json: not JSON");
  assertThrows(() => parse("[]"), LayoutError, "not an image index");
  assertThrows(() => parse('{"manifests":{}}'), LayoutError, "manifests is not an array");
  assertEquals(parse('{"manifests":null}').manifests, []);
});
