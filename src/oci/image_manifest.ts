/**
 * The manifest of a local cache: which blobs are its layers, and which is its config.
 *
 * @module
 */
import { goJson } from "../go_json.ts";
import { type Descriptor, inGoOrder, isObject, parseDescriptor } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import { parseJson } from "./json.ts";
import {
  CACHE_CONFIG,
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  IMAGE_INDEX,
  IMAGE_MANIFEST,
} from "./media_types.ts";

/** BuildKit reads no config and no manifest of more bytes from a directory or a registry. */
export const BUILDKIT_READ_LIMIT = 1_048_576;

/** The manifest of a cache. */
export interface CacheManifest {
  /** What it is: BuildKit writes the first, or with `image-manifest=false` one of the others. */
  readonly shape: "image-manifest" | "image-index" | "docker-manifest-list";
  /** The cache config. */
  readonly config: Descriptor;
  /** The layers, as often as the config has them. */
  readonly layers: readonly Descriptor[];
}

/**
 * Reads the manifest of a local cache, in any of its three shapes.
 *
 * @param data the JSON
 * @param source the file, for messages
 * @returns layers and config, their digests well-formed
 * @throws {LayoutError} if it is not JSON, not a manifest, or the manifest of something else
 */
export function parseCacheManifest(data: Uint8Array, source: string): CacheManifest {
  const json = parseJson(data, source);
  if (!isObject(json)) throw new LayoutError(`${source}: not a manifest, which is a JSON object`);
  const isImage = detectIsImage(json, source);
  const field = isImage ? "layers" : "manifests";
  // null is how Go prints a list that was never filled.
  const entries = json[field] ?? [];
  if (!Array.isArray(entries)) throw new LayoutError(`${source}: ${field} is not an array`);
  const descriptors = entries.map((entry, i) =>
    parseDescriptor(entry, `${source}: ${field}[${i}]`)
  );
  const isConfig = ({ mediaType }: Descriptor) => mediaType === CACHE_CONFIG;
  if (isImage) {
    const config = json.config == null
      ? undefined
      : parseDescriptor(json.config, `${source}: config`);
    if (!config || !isConfig(config)) throw notACache(source, "config", config ? [config] : []);
    return { shape: "image-manifest", config, layers: descriptors };
  }
  const config = descriptors.findLast(isConfig);
  if (!config) throw notACache(source, "manifests", descriptors);
  return {
    shape: json.mediaType === IMAGE_INDEX ? "image-index" : "docker-manifest-list",
    config,
    layers: descriptors.filter((descriptor) => !isConfig(descriptor)),
  };
}

/** The media type may be absent: what a manifest has in it decides, and must not contradict it. */
function detectIsImage(json: Record<string, unknown>, source: string): boolean {
  const isImage = json.config !== undefined || json.layers !== undefined;
  if (isImage && json.manifests !== undefined) {
    throw new LayoutError(`${source}: has the fields of an image manifest and those of an index`);
  }
  const { mediaType } = json;
  const claimsImage = mediaType === IMAGE_MANIFEST || mediaType === DOCKER_MANIFEST;
  const claimsIndex = mediaType === IMAGE_INDEX || mediaType === DOCKER_MANIFEST_LIST;
  if (isImage ? claimsIndex : claimsImage) {
    throw new LayoutError(
      `${source}: says that it is ${mediaType}, but has the fields of ${
        isImage ? "an image manifest" : "an index"
      }`,
    );
  }
  return isImage;
}

function notACache(source: string, field: string, found: readonly Descriptor[]): LayoutError {
  const types = [...new Set(found.map(({ mediaType }) => mediaType || "no media type"))];
  return new LayoutError(
    `${source}: not a build cache: ${field} has ${types.slice(0, 5).join(", ") || "nothing"}, ` +
      `expected ${CACHE_CONFIG}; an image is not one, not even with an inline cache in it`,
  );
}

/**
 * Writes the manifest of a local cache as BuildKit does: an OCI image manifest.
 *
 * @param config descriptor of the cache config
 * @param layers descriptors of the layers, in the order of the cache config
 * @returns JSON, byte for byte as BuildKit's
 */
export function marshalCacheManifest(config: Descriptor, layers: readonly Descriptor[]): string {
  return goJson({
    schemaVersion: 2,
    mediaType: IMAGE_MANIFEST,
    config: inGoOrder(config),
    layers: layers.map(inGoOrder),
  });
}

/**
 * Says what BuildKit will not read. To be asked before anything is written: BuildKit fails to import
 * such a cache, and builds without it.
 *
 * @param configBytes size of the cache config
 * @param manifestBytes size of the image manifest
 * @returns a sentence for each of them that is too large
 */
export function checkReadableByBuildKit(configBytes: number, manifestBytes: number): string[] {
  return [["cache config", configBytes] as const, ["image manifest", manifestBytes] as const]
    .filter(([, bytes]) => bytes > BUILDKIT_READ_LIMIT)
    .map(([what, bytes]) =>
      `the ${what} has ${bytes} bytes; BuildKit reads at most ${BUILDKIT_READ_LIMIT} from a ` +
      "directory and would build without this cache"
    );
}
