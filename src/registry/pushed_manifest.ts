/**
 * A manifest that a client pushes: what it is and what it needs.
 *
 * @module
 */
import { digestOf } from "../digest.ts";
import { type Descriptor, isObject, parseDescriptor } from "../oci/descriptor.ts";
import { LayoutError } from "../oci/errors.ts";
import { type CacheManifest, parseCacheManifest } from "../oci/image_manifest.ts";
import { parseJson } from "../oci/json.ts";
import { CACHE_CONFIG } from "../oci/media_types.ts";
import { RegistryError } from "./errors.ts";
import type { ManifestDocument } from "./kept_manifests.ts";

const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

/** A manifest that a client pushes. */
export interface PushedManifest extends ManifestDocument {
  /** Its layers and config, if it is that of a cache. */
  cache: CacheManifest | undefined;
  /** The blobs that it names. */
  blobs: readonly Descriptor[];
  /** The manifests that it names. */
  manifests: readonly Descriptor[];
  /** The digest of the manifest that it is about. */
  subject: string | undefined;
  /** What a list of referrers says of it. */
  descriptor: Descriptor;
}

/**
 * Reads a manifest that a client pushes.
 *
 * @param bytes as they came
 * @param contentType what the client says that it is
 * @returns what it is
 * @throws {RegistryError} `MANIFEST_INVALID` if it is none, or says that it is something else
 */
export async function readPushedManifest(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | null,
): Promise<PushedManifest> {
  const digest = await digestOf(bytes);
  try {
    const json = parseJson(bytes, "manifest");
    if (!isObject(json)) throw new LayoutError("manifest: not a JSON object");
    if (json.schemaVersion !== 2) throw new LayoutError("manifest: schemaVersion is not 2");
    const mediaType = mediaTypeOf(json, contentType);
    const config = json.config == null ? [] : descriptors([json.config], "config");
    const layers = descriptors(json.layers, "layers");
    const manifests = descriptors(json.manifests, "manifests");
    const isCache = [...config, ...manifests].some(({ mediaType }) => mediaType === CACHE_CONFIG);
    const cache = isCache ? parseCacheManifest(bytes, "manifest") : undefined;
    const subject = json.subject == null ? [] : descriptors([json.subject], "subject");
    const artifactType = isText(json.artifactType) ? json.artifactType : config[0]?.mediaType;
    const annotations = json.annotations as Record<string, string> | undefined;
    return {
      digest,
      mediaType,
      bytes,
      cache,
      // What has addresses of its own need not be here.
      blobs: cache
        ? [cache.config, ...cache.layers]
        : [...config, ...layers].filter(({ urls }) => !urls?.length),
      manifests: cache ? [] : manifests,
      subject: subject[0]?.digest,
      descriptor: parseDescriptor(
        { mediaType, digest, size: bytes.length, artifactType, annotations },
        "manifest",
      ),
    };
  } catch (error) {
    if (error instanceof LayoutError) throw new RegistryError("MANIFEST_INVALID", error.message);
    throw error;
  }
}

function mediaTypeOf(json: Record<string, unknown>, contentType: string | null): string {
  const claimed = contentType?.replace(/;.*/, "").trim() || undefined;
  const own = isText(json.mediaType) ? json.mediaType : undefined;
  const mediaType = own ?? claimed;
  if (mediaType === undefined || !MEDIA_TYPE.test(mediaType)) {
    throw new LayoutError("manifest: has no media type, nor has the request");
  }
  if (claimed !== undefined && claimed !== mediaType) {
    throw new LayoutError(`manifest: says that it is ${mediaType}, the request that ${claimed}`);
  }
  return mediaType;
}

function descriptors(list: unknown, field: string): Descriptor[] {
  if (list == null) return [];
  if (!Array.isArray(list)) throw new LayoutError(`manifest: ${field} is not an array`);
  return list.map((entry, i) => parseDescriptor(entry, `manifest: ${field}[${i}]`));
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
