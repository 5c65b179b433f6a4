/** Cache configs, compared by what they say and not by the order in which they say it. */
import { createHash } from "node:crypto";

/** A cache config as it stands in S3 or in a local cache. */
interface CacheConfig {
  layers?: { blob: string; parent?: number; annotations?: Record<string, unknown> }[];
  records?: {
    digest: string;
    layers?: { layer: number; createdAt?: string }[];
    inputs?: { selector?: string; link: number }[][];
  }[];
}

/** How much to describe. */
export interface DescribeOptions {
  /** False for what two builds have in common: a layer is then only its place in its chain. */
  blobs?: boolean;
}

/**
 * A line for each layer and for each record, which stand for all that they lead to: two configs
 * with the same lines are the same graph.
 *
 * @param json a cache config
 * @param options how much to describe
 * @returns the lines, sorted
 */
export function describeGraph(json: string, { blobs = true }: DescribeOptions = {}): string[] {
  const { layers = [], records = [] }: CacheConfig = JSON.parse(json);
  const twins = findTwins(layers.map(({ blob }) => blob));
  const layerIds = new Map<number, string>();
  const layerId = (index: number): string =>
    remember(layerIds, index, () => {
      const { blob, parent = 0, annotations: { createdAt, ...annotations } = {} } = layers[index]!;
      const time = twins.has(blob) ? null : createdAt;
      const own = blobs ? ["layer", blob, annotations, time] : ["layer", "any"];
      return [...own, parent < 0 ? null : layerId(parent)];
    });
  const recordIds = new Map<number, string>();
  const recordId = (index: number): string =>
    remember(recordIds, index, () => {
      const { digest, layers: results = [], inputs = [] } = records[index]!;
      return [
        "record",
        digest,
        results.map(({ layer, createdAt }) => [layerId(layer), blobs && createdAt].join(" "))
          .sort(),
        inputs.map((links) =>
          links.map(({ selector = "", link }) => [selector, recordId(link)].join(" ")).sort()
        ),
      ];
    });
  return [
    ...layers.map((_, index) => layerId(index)),
    ...records.map((_, index) => recordId(index)),
  ].sort();
}

/** A descriptor in an image manifest. */
interface Descriptor {
  digest: string;
  annotations?: { "buildkit/createdat"?: string };
}

/**
 * A line for each layer of an image manifest, with its time in UTC.
 *
 * @param json an image manifest
 * @returns the rest of the manifest, and the lines, sorted
 */
export function describeManifest(json: string): string[] {
  // The digest of the config tells of its order.
  const { layers, config: { digest: _, ...config }, ...rest }: {
    layers: Descriptor[];
    config: Descriptor;
  } = JSON.parse(json);
  const twins = findTwins(layers.map(({ digest }) => digest));
  const lines = layers.map(({ annotations = {}, ...descriptor }) => {
    const { "buildkit/createdat": time, ...others } = annotations;
    const timed = time !== undefined && !twins.has(descriptor.digest);
    const utc = timed ? Temporal.Instant.from(time).toString() : null;
    return JSON.stringify({ ...descriptor, annotations: { ...others, utc } });
  });
  return [JSON.stringify({ ...rest, config }), ...lines.sort()];
}

/**
 * The blobs that stand more than once. Where two steps made the same bytes at two times, as those
 * of two platforms do, each of BuildKit's exports takes one of the times, and not always the same.
 */
function findTwins(digests: string[]): Set<string> {
  return new Set(digests.filter((digest, index) => digests.indexOf(digest) !== index));
}

/** What a line is about stays readable, for when two graphs differ. */
function remember(known: Map<number, string>, index: number, describe: () => unknown[]): string {
  let id = known.get(index);
  if (id === undefined) {
    const description = describe();
    const hash = createHash("sha256").update(JSON.stringify(description)).digest("hex");
    id = `${description[0]} ${description[1]} ${hash}`;
    known.set(index, id);
  }
  return id;
}
