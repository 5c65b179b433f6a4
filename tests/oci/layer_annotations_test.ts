import { marshalCacheConfig } from "../../src/cacheconfig/marshal.ts";
import { parseCacheConfig } from "../../src/cacheconfig/parse.ts";
import type { CacheConfig } from "../../src/cacheconfig/types.ts";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { LayoutError } from "../../src/oci/errors.ts";
import { parseCacheManifest } from "../../src/oci/image_manifest.ts";
import { annotateLayers, toLocalLayers } from "../../src/oci/layer_annotations.ts";
import { encodeLocalCache } from "../../src/oci/local_cache.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { fixture, fixtureText, localConfig, localManifest } from "./local_fixtures.ts";

const decode = (data: Uint8Array) => new TextDecoder().decode(data);

/** What an export of a local fixture would write as its manifest. */
function exported(name: string): string {
  const { layers } = parseCacheManifest(localManifest(name).data, name);
  const descriptors = new Map(layers.map((layer) => [layer.digest, layer]));
  return marshalCacheConfig(annotateLayers(parseCacheConfig(localConfig(name).data), descriptors));
}

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max", "index-max"]) {
  test(`${name}: the local cache becomes the S3 manifest, byte for byte`, () => {
    assertEquals(exported(name), fixtureText(`${name}/s3/manifests/app`));
  });
}

test("zstd-max: the records agree, and layers without a time have the zero time", () => {
  const local = parseCacheConfig(exported("zstd-max"), { annotations: "required" });
  const s3 = parseCacheConfig(fixture("zstd-max/s3/manifests/app"));
  const digests = ({ records }: CacheConfig) => records.map(({ digest }) => digest).toSorted();
  assertEquals(digests(local), digests(s3));
  for (const { annotations } of local.layers) {
    assertEquals(annotations?.mediaType, "application/vnd.oci.image.layer.v1.tar+zstd");
    assertEquals(annotations?.createdAt, "0001-01-01T00:00:00Z");
  }
});

for (const name of ["web-min", "web-max", "link-max", "mount-max", "plat-max"]) {
  test(`${name}: the S3 manifest becomes the local cache, byte for byte`, async () => {
    const config = parseCacheConfig(fixture(`${name}/s3/manifests/app`));
    const encoded = await encodeLocalCache(config);
    assertEquals(decode(encoded.config), decode(localConfig(name).data));
    assertEquals(decode(encoded.manifest), decode(localManifest(name).data));
    assertEquals(encoded.descriptor, {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: localManifest(name).digest,
      size: localManifest(name).data.length,
    });
    assertEquals(encoded.warning, undefined);
  });
}

test("index-max: the cache config agrees, whatever manifest is around it", async () => {
  const config = parseCacheConfig(fixture("index-max/s3/manifests/app"));
  const encoded = await encodeLocalCache(config);
  assertEquals(decode(encoded.config), decode(localConfig("index-max").data));
});

const digest = (digit: string) => "sha256:" + digit.repeat(64);
const DIFF_ID = "containerd.io/uncompressed";
const CREATED_AT = "buildkit/createdat";
const config = (...digits: string[]): CacheConfig => ({
  layers: digits.map((digit) => ({ blob: digest(digit), parent: -1 })),
  records: [],
});
const describe = (annotations?: Record<string, string>): Map<string, Descriptor> =>
  new Map([[digest("a"), {
    mediaType: "application/vnd.docker.image.rootfs.diff.tar.zstd",
    digest: digest("a"),
    size: 9,
    annotations,
  }]]);

test("a layer's time is converted to UTC", () => {
  const annotated = annotateLayers(
    config("a"),
    describe({ [DIFF_ID]: digest("d"), [CREATED_AT]: "2026-01-01T00:30:00.120+01:30" }),
  );
  assertEquals(annotated.layers[0]?.annotations, {
    mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
    diffID: digest("d"),
    size: 9,
    createdAt: "2025-12-31T23:00:00.12Z",
  });
});

test("annotations that stand in the config already are replaced", () => {
  const annotations = { mediaType: "x", diffID: digest("e"), size: 1, createdAt: "x" };
  const annotated = annotateLayers(
    { layers: [{ blob: digest("a"), parent: -1, annotations }], records: [] },
    describe({ [DIFF_ID]: digest("d") }),
  );
  assertEquals(annotated.layers[0]?.annotations?.diffID, digest("d"));
});

test("a layer that the manifest does not know is an error", () => {
  assertThrows(
    () => annotateLayers(config("a", "b"), describe({ [DIFF_ID]: digest("d") }), "blobs/x"),
    LayoutError,
    `blobs/x: has no descriptor of ${digest("b")}`,
  );
});

test("a diffID that is missing or malformed is an error", () => {
  const refuse = (annotations: Record<string, string> | undefined, message: string) =>
    assertThrows(() => annotateLayers(config("a"), describe(annotations)), LayoutError, message);
  refuse(undefined, `layer ${digest("a")}: annotation ${DIFF_ID} is missing`);
  refuse({}, `annotation ${DIFF_ID} is missing`);
  refuse({ [DIFF_ID]: "sha256:1" }, `annotation ${DIFF_ID} is "sha256:1", expected the digest`);
});

test("a time that is none is an error", () => {
  assertThrows(
    () => annotateLayers(config("a"), describe({ [DIFF_ID]: digest("d"), [CREATED_AT]: "now" })),
    LayoutError,
    `layer ${digest("a")}: annotation ${CREATED_AT}: "now" is not`,
  );
});

const annotated = (createdAt: string, diffID = digest("d"), parent = -1) => ({
  blob: digest("a"),
  parent,
  annotations: { mediaType: "m", diffID, size: 9, createdAt },
});

test("a layer whose time was never set has no time in its descriptor", () => {
  const { layers } = toLocalLayers({ layers: [annotated("0001-01-01T00:00:00Z")], records: [] });
  assertEquals(layers, [{
    mediaType: "m",
    digest: digest("a"),
    size: 9,
    annotations: { [DIFF_ID]: digest("d") },
  }]);
});

test("a blob that stands twice has one descriptor, twice", () => {
  const time = "2026-01-01T00:00:00Z";
  const { config, layers } = toLocalLayers({
    layers: [annotated(time, digest("d")), annotated(time, digest("e"), 0)],
    records: [],
  });
  assertEquals(config.layers, [
    { blob: digest("a"), parent: -1 },
    { blob: digest("a"), parent: 0 },
  ]);
  assertEquals(layers.map(({ annotations }) => annotations?.[DIFF_ID]), [digest("e"), digest("e")]);
});

test("a layer without annotations cannot be described", async () => {
  await assertRejects(
    () => encodeLocalCache(config("a")),
    RangeError,
    `layer ${digest("a")}: has no annotations`,
  );
});

test("a cache that BuildKit cannot read from a directory is said to be so", async () => {
  const layers = Array.from({ length: 4000 }, () => annotated("2026-01-01T00:00:00Z"));
  const { manifest, warning } = await encodeLocalCache({ layers, records: [] });
  assert(manifest.length > 1_048_576);
  assert(warning?.startsWith(`the image manifest has ${manifest.length} bytes`));
});
