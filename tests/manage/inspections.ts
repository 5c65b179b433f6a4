/** Caches as an inspection shows them, for tests of what draws them. */
import { type CacheConfig, type CacheInspection, inspectCache, marshalCacheConfig } from "s3cache";
import { testBucket } from "../transfer/bucket.ts";
import { configOf, digest } from "./configs.ts";

/** Text that does harm where it is not escaped: in HTML, in a script, in DOT, in Mermaid. */
export const HOSTILE = '"]\\N;--><script>alert(1)</script>\'`|"${x}&quot;\u202e\n\u2028</svg>';

/** A name that does the same, of characters that a key may have. */
export const HOSTILE_NAME = `"><img src=x onerror=alert(1)>'--></script><b>`;

/** A chain of three steps, with an input that has alternatives, a selector and a lost blob. */
export function hostileConfig(): CacheConfig {
  const config = configOf({ a: 1000, b: 20, c: 3 });
  config.records[2]!.inputs = [
    [{ selector: HOSTILE, link: 1 }],
    [{ selector: "", link: 0 }, { selector: digest("f"), link: 1 }],
  ];
  config.records.push({ digest: digest("d"), inputs: [], layers: [], chains: [] });
  return config;
}

/** Looks at a cache in a bucket that has the blobs of these digits. */
export async function inspected(
  config: CacheConfig,
  present: Record<string, number>,
  name = "app",
): Promise<CacheInspection> {
  const bucket = testBucket();
  await bucket.client.put(`manifests/${name}`, marshalCacheConfig(config));
  for (const [letter, size] of Object.entries(present)) {
    await bucket.client.put(`blobs/${digest(letter)}`, new Uint8Array(size));
  }
  return (await inspectCache(name, bucket.options(), bucket))!;
}
