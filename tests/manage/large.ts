/** A cache of many steps, shaped like that of a build: chains of steps that meet now and then. */
import type { CacheConfig, CacheLayer, CacheRecord } from "s3cache";

/** Digests that differ from their first digits on, as real ones do. */
function digestOf(kind: string, i: number): string {
  const mixed = (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
  return "sha256:" + mixed + kind + i.toString(16).padStart(55, "0");
}

/** The digest of a step of such a cache. */
export const stepDigest = (i: number): string => digestOf("a", i);

/** The digest of a blob of such a cache. */
export const blobDigest = (i: number): string => digestOf("b", i);

/** Makes the cache: a layer for each record, in chains of ten. */
export function largeConfig(count: number): CacheConfig {
  const createdAt = "2026-01-01T00:00:00Z";
  const layers = Array.from({ length: count }, (_, i): CacheLayer => ({
    blob: blobDigest(i),
    parent: i % 10 === 0 ? -1 : i - 1,
    annotations: {
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      diffID: digestOf("d", i),
      size: 1 + i * 7919 % 1000,
      createdAt,
    },
  }));
  const records = Array.from({ length: count }, (_, i): CacheRecord => ({
    digest: stepDigest(i),
    layers: [{ layer: i, createdAt }],
    chains: [],
    inputs: inputsOf(i).map((link) => [{ selector: "", link }]),
  }));
  return { layers, records };
}

function inputsOf(i: number): number[] {
  if (i % 10 !== 0) return [i - 1];
  // Each chain begins where one of the last ones ended, some where two did.
  return [i - 1 - 10 * (i * 31 % 7), i % 30 === 0 ? i - 11 : -1].filter((link) => link >= 0);
}
