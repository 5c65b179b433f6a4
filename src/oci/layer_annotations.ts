/**
 * What is known of the layers: an S3 manifest has it as annotations beside each layer, a local
 * cache as descriptors in its image manifest. These two functions turn one into the other.
 *
 * @module
 */
import { isZeroTime, toUtc, ZERO_TIME } from "../cacheconfig/time.ts";
import type { CacheConfig, CacheLayer, LayerAnnotations } from "../cacheconfig/types.ts";
import { isDigest } from "../digest.ts";
import type { Descriptor } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import { toOciLayerMediaType } from "./media_types.ts";

/** Annotation of a descriptor: the digest of the uncompressed layer. */
const DIFF_ID = "containerd.io/uncompressed";
/** Annotation of a descriptor: when the layer was made. */
const CREATED_AT = "buildkit/createdat";

/**
 * Annotates the layers of a local cache as BuildKit's S3 exporter does.
 *
 * @param config of a local cache
 * @param descriptors of its layers, by digest
 * @param source the manifest that the descriptors are from, for messages
 * @returns the config as an S3 manifest has it
 * @throws {LayoutError} if a layer has no descriptor, or that has no diffID or a malformed time
 */
export function annotateLayers(
  config: CacheConfig,
  descriptors: ReadonlyMap<string, Descriptor>,
  source = "image manifest",
): CacheConfig {
  return {
    layers: config.layers.map(({ blob, parent }) => {
      const descriptor = descriptors.get(blob);
      if (!descriptor) {
        throw new LayoutError(`${source}: has no descriptor of ${blob}, a layer of the config`);
      }
      return { blob, parent, annotations: annotate(descriptor, source) };
    }),
    records: config.records,
  };
}

function annotate(descriptor: Descriptor, source: string): LayerAnnotations {
  const { digest, mediaType, size, annotations } = descriptor;
  const diffID = annotations?.[DIFF_ID];
  if (!isDigest(diffID)) {
    throw new LayoutError(
      `${source}: layer ${digest}: annotation ${DIFF_ID} is ${
        JSON.stringify(diffID) ?? "missing"
      }, ` +
        'expected the digest of the uncompressed layer, "sha256:" and 64 hexadecimal digits',
    );
  }
  let createdAt: string;
  try {
    createdAt = toUtc(annotations?.[CREATED_AT] ?? ZERO_TIME);
  } catch (error) {
    const reason = (error as Error).message;
    throw new LayoutError(`${source}: layer ${digest}: annotation ${CREATED_AT}: ${reason}`);
  }
  return { mediaType: toOciLayerMediaType(mediaType), diffID, size, createdAt };
}

/**
 * Moves the annotations of an S3 manifest's layers to descriptors, as BuildKit's local exporter
 * writes them.
 *
 * @param config of an S3 manifest
 * @returns the config as a local cache has it, and a descriptor for each of its layers, in order
 * @throws {RangeError} if a layer has no annotations
 */
export function toLocalLayers(config: CacheConfig): { config: CacheConfig; layers: Descriptor[] } {
  // A blob that stands twice is one blob: BuildKit keeps what was said of it last.
  const descriptors = new Map(config.layers.map((layer) => [layer.blob, describe(layer)]));
  return {
    config: {
      layers: config.layers.map(({ blob, parent }) => ({ blob, parent })),
      records: config.records,
    },
    layers: config.layers.map(({ blob }) => descriptors.get(blob)!),
  };
}

function describe({ blob, annotations }: CacheLayer): Descriptor {
  if (!annotations) throw new RangeError(`layer ${blob}: has no annotations`);
  const { mediaType, diffID, size, createdAt } = annotations;
  return {
    mediaType: toOciLayerMediaType(mediaType),
    digest: blob,
    size,
    annotations: {
      ...(isZeroTime(createdAt) ? {} : { [CREATED_AT]: toUtc(createdAt) }),
      [DIFF_ID]: diffID,
    },
  };
}
