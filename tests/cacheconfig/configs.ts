/** Configs to test with: those of the fixtures, and small ones made by hand. */
import fixtures from "s3cache-fixtures";
import type { CacheConfig, CacheInput, CacheRecord } from "../../src/cacheconfig/types.ts";

/** A digest that is easy to tell from others. */
export function digest(number: number): string {
  return "sha256:" + number.toString(16).padStart(64, "0");
}

/** A time on the given day. */
export function day(number: number): string {
  return `2026-01-${String(number).padStart(2, "0")}T00:00:00Z`;
}

/** A record; `inputs` are indices, or index and selector. */
export function record(
  number: number,
  inputs: (number | [number, string])[][] = [],
  result?: { layer: number; day: number },
): CacheRecord {
  return {
    layers: result ? [{ layer: result.layer, createdAt: day(result.day) }] : [],
    chains: [],
    digest: digest(number),
    inputs: inputs.map((alternatives) =>
      alternatives.map((input): CacheInput =>
        typeof input === "number"
          ? { selector: "", link: input }
          : { selector: input[1], link: input[0] }
      )
    ),
  };
}

/** A config of layers given as blob and parent, and of records. */
export function config(
  layers: [blob: number, parent: number][],
  records: CacheRecord[],
): CacheConfig {
  return { layers: layers.map(([blob, parent]) => ({ blob: digest(blob), parent })), records };
}

/** The text of every config that BuildKit wrote, by its path: manifests and local configs. */
export const written: Record<string, string> = {};
for (const [path, bytes] of Object.entries(fixtures)) {
  if (!/\/manifests\/|\/local\/blobs\//.test(path)) continue;
  const text = new TextDecoder().decode(bytes);
  if (/^\{"layers":\[\{"blob":/.test(text)) written[path] = text;
}
