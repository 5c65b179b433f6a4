import { toOciLayerMediaType } from "../../src/oci/media_types.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

test("Docker's layer types become OCI's", () => {
  const docker = "application/vnd.docker.image.rootfs";
  const oci = "application/vnd.oci.image.layer";
  const expected = {
    [`${docker}.diff.tar`]: `${oci}.v1.tar`,
    [`${docker}.diff.tar.gzip`]: `${oci}.v1.tar+gzip`,
    [`${docker}.diff.tar.zstd`]: `${oci}.v1.tar+zstd`,
    [`${docker}.foreign.diff.tar`]: `${oci}.nondistributable.v1.tar`,
    [`${docker}.foreign.diff.tar.gzip`]: `${oci}.nondistributable.v1.tar+gzip`,
  };
  for (const [from, to] of Object.entries(expected)) assertEquals(toOciLayerMediaType(from), to);
});

test("OCI's types, and those that nobody knows, stay", () => {
  for (
    const type of [
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
      "application/x-something",
      "",
    ]
  ) assertEquals(toOciLayerMediaType(type), type);
});
