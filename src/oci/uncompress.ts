/**
 * Layers as the tar archives that they are, whatever they are compressed with.
 *
 * @module
 */
import { ZstdDecompress } from "../deps.ts";
import { createGunzip } from "../runtime/gunzip.ts";
import { LayoutError } from "./errors.ts";
import { toOciLayerMediaType } from "./media_types.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Unpacks a layer while it is read.
 *
 * @param body the layer
 * @param mediaType of the layer, docker's or OCI's
 * @returns the tar archive; the stream fails if the layer is damaged
 * @throws {LayoutError} if the media type is none of a layer
 */
export async function uncompressLayer(
  body: ReadableStream<Bytes>,
  mediaType: string,
): Promise<ReadableStream<Bytes>> {
  const [, packing] = toOciLayerMediaType(mediaType).match(/\.tar(?:\+([a-z0-9]+))?$/) ?? [];
  if (packing === "gzip") return body.pipeThrough(await createGunzip());
  if (packing === "zstd") return body.pipeThrough(unzstd());
  if (mediaType.endsWith(".tar")) return body;
  await body.cancel();
  throw new LayoutError(
    `media type ${JSON.stringify(mediaType)}: expected that of a layer: a tar archive, ` +
      "uncompressed or with gzip or zstd",
  );
}

function unzstd(): TransformStream<Bytes, Bytes> {
  let decompress: ZstdDecompress;
  return new TransformStream({
    start(controller) {
      decompress = new ZstdDecompress((chunk) => controller.enqueue(new Uint8Array(chunk)));
    },
    transform: (chunk) => decompress.push(chunk),
    flush: () => decompress.push(new Uint8Array(), true),
  });
}
