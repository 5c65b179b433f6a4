import fixtures from "s3cache-fixtures";
import { LayoutError } from "../../src/oci/errors.ts";
import {
  checkReadableByBuildKit,
  marshalCacheManifest,
  parseCacheManifest,
} from "../../src/oci/image_manifest.ts";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { localManifest } from "./local_fixtures.ts";

const digest = (digit: string) => "sha256:" + digit.repeat(64);
const config = {
  mediaType: "application/vnd.buildkit.cacheconfig.v0",
  digest: digest("c"),
  size: 3,
};
const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digest("a"), size: 5 };
const other = { ...layer, digest: digest("b") };
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const parse = (value: unknown) => parseCacheManifest(encode(value), "blobs/x");

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max", "zstd-max"]) {
  test(`the image manifest of ${name} is read, and written again byte for byte`, () => {
    const { data } = localManifest(name);
    const manifest = parseCacheManifest(data, name);
    assertEquals(manifest.shape, "image-manifest");
    const written = marshalCacheManifest(manifest.config, manifest.layers);
    assertEquals(written, new TextDecoder().decode(data));
  });
}

test("a docker manifest list has the config among its entries", () => {
  const manifest = parseCacheManifest(localManifest("index-max").data, "index-max");
  assertEquals(manifest.shape, "docker-manifest-list");
  assertEquals(manifest.layers.length, 9);
  const hex = manifest.config.digest.slice("sha256:".length);
  assertEquals(manifest.config.size, fixtures[`index-max/local/blobs/sha256/${hex}`]?.length);
});

test("an OCI index is told from a docker manifest list by its media type", () => {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const manifests = [layer, config, other];
  assertEquals(parse({ schemaVersion: 2, mediaType, manifests }), {
    shape: "image-index",
    config,
    layers: [layer, other],
  });
  assertEquals(parse({ schemaVersion: 2, manifests }).shape, "docker-manifest-list");
});

test("without a media type, what is in it decides", () => {
  assertEquals(parse({ config, layers: [layer] }), {
    shape: "image-manifest",
    config,
    layers: [layer],
  });
});

test("of several configs in an index the last one counts, as for BuildKit", () => {
  const second = { ...config, digest: digest("d") };
  assertEquals(parse({ manifests: [config, layer, second] }).config, second);
});

test("lists may be null", () => {
  assertEquals(parse({ config, layers: null }).layers, []);
  assertThrows(() => parse({ manifests: null }), LayoutError, "manifests has nothing");
});

test("an ordinary image is named as what it is", () => {
  const image = { ...config, mediaType: "application/vnd.oci.image.config.v1+json" };
  assertThrows(
    () => parse({ config: image, layers: [layer] }),
    LayoutError,
    "blobs/x: not a build cache: config has " +
      "application/vnd.oci.image.config.v1+json, expected application/vnd.buildkit.cacheconfig.v0",
  );
  const manifest = { ...layer, mediaType: "application/vnd.oci.image.manifest.v1+json" };
  assertThrows(
    () => parse({ manifests: [manifest, manifest] }),
    LayoutError,
    "manifests has application/vnd.oci.image.manifest.v1+json, expected",
  );
});

const malformed: [string, unknown, string][] = [
  ["no object", [], "blobs/x: not a manifest"],
  ["both shapes", { config, manifests: [] }, "those of an index"],
  [
    "an index that says it is an image",
    { mediaType: "application/vnd.docker.distribution.manifest.v2+json", manifests: [] },
    "has the fields of an index",
  ],
  [
    "an image that says it is an index",
    { mediaType: "application/vnd.oci.image.index.v1+json", layers: [] },
    "has the fields of an image manifest",
  ],
  ["layers that are no list", { config, layers: {} }, "layers is not an array"],
  ["a layer without digest", { config, layers: [{ size: 1 }] }, "layers[0]: digest is missing"],
  ["no config", { layers: [] }, "config has nothing"],
];

for (const [what, value, message] of malformed) {
  test(`a manifest is refused: ${what}`, () => {
    assertThrows(() => parse(value), LayoutError, message);
  });
}

test("a manifest that is not JSON, or not UTF-8, is refused", () => {
  const refuse = (data: Uint8Array, message: string) =>
    assertThrows(() => parseCacheManifest(data, "blobs/x"), LayoutError, message);
  refuse(new TextEncoder().encode("{"), "blobs/x: not JSON");
  refuse(new Uint8Array(), "blobs/x: not JSON");
  refuse(new Uint8Array([0x22, 0xff, 0x22]), "blobs/x: not JSON: it is not UTF-8");
});

test("what BuildKit cannot read is said, to the byte", () => {
  assertEquals(checkReadableByBuildKit(1_048_576, 1_048_576), []);
  const [warning, ...others] = checkReadableByBuildKit(1_048_577, 10);
  assertEquals(others, []);
  assertEquals(warning?.startsWith("the cache config has 1048577 bytes"), true);
  assertEquals(checkReadableByBuildKit(1_048_577, 1_048_577).length, 2);
});
