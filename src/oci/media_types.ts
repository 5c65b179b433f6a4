/**
 * Media types: what a descriptor says its blob is.
 *
 * @module
 */

/** The JSON of layers and records. */
export const CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";

/** An OCI image manifest. */
export const IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** An OCI image index. */
export const IMAGE_INDEX = "application/vnd.oci.image.index.v1+json";
/** Docker's image manifest. */
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** Docker's manifest list. */
export const DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const NONDISTRIBUTABLE_LAYER = "application/vnd.oci.image.layer.nondistributable.v1.tar";
const DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
const DOCKER_FOREIGN_LAYER = "application/vnd.docker.image.rootfs.foreign.diff.tar";

const OCI_LAYER_TYPES: ReadonlyMap<string, string> = new Map([
  [DOCKER_LAYER, LAYER],
  [`${DOCKER_LAYER}.gzip`, `${LAYER}+gzip`],
  [`${DOCKER_LAYER}.zstd`, `${LAYER}+zstd`],
  [DOCKER_FOREIGN_LAYER, NONDISTRIBUTABLE_LAYER],
  [`${DOCKER_FOREIGN_LAYER}.gzip`, `${NONDISTRIBUTABLE_LAYER}+gzip`],
]);

/**
 * The OCI form of a layer's media type: the one form that BuildKit writes to a bucket.
 *
 * @param mediaType of a layer, in Docker's or OCI's words
 * @returns OCI's; anything that Docker has no layer type for is given back as it is
 */
export function toOciLayerMediaType(mediaType: string): string {
  return OCI_LAYER_TYPES.get(mediaType) ?? mediaType;
}
