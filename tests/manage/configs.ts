/** Caches as these tests need them: a record and a layer for each blob, each on the one before. */
import type { CacheConfig } from "s3cache";

/** The digest that a hexadecimal digit stands for. */
export const digest = (letter: string) => "sha256:" + letter.repeat(64);

/** A cache with blobs of these sizes. */
export function configOf(
  sizes: Record<string, number>,
  createdAt = "2026-01-01T00:00:00Z",
): CacheConfig {
  const blobs = Object.entries(sizes);
  return {
    layers: blobs.map(([letter, size], i) => ({
      blob: digest(letter),
      parent: i - 1,
      annotations: {
        mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
        diffID: digest(letter),
        size,
        createdAt,
      },
    })),
    records: blobs.map(([letter], i) => ({
      digest: digest(letter),
      inputs: i === 0 ? [] : [[{ selector: "", link: i - 1 }]],
      layers: [{ layer: i, createdAt }],
      chains: [],
    })),
  };
}
