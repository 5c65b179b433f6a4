/**
 * Prunes a cache bucket from a function that runs on a schedule, at the edge: no machine needed.
 *
 * Bindings: `CACHE`, an attribute string with credentials in it, which is a secret; `MAX_AGE_DAYS`
 * and `KEEP`, what to delete. A platform limits the requests of one run: a prune takes one for each
 * blob that it deletes, and is safe to be cut off anywhere. What is left goes with the next run.
 *
 * @module
 */
import { parseAttributes, pruneCaches, type PruneReport } from "s3cache";

interface Bindings {
  CACHE: string;
  /** Days. */
  MAX_AGE_DAYS?: string;
  /** Names that always stay, separated by spaces. */
  KEEP?: string;
}

const DAY_MS = 86_400_000;

/** What a prune by the bindings does; apart, so that it can be tried by hand. */
export async function prune(
  { CACHE, MAX_AGE_DAYS = "14", KEEP = "main" }: Bindings,
): Promise<PruneReport> {
  return await pruneCaches(parseAttributes(CACHE, { direction: "import" }), {
    rules: [{ pattern: "**", maxAgeMs: Number(MAX_AGE_DAYS) * DAY_MS }],
    keepNames: KEEP.split(" "),
    // Others build while this runs.
    twoPhase: true,
    dryRun: false,
  });
}

export default {
  async scheduled(_event: unknown, bindings: Bindings): Promise<void> {
    const { caches, blobs, failures, damaged } = await prune(bindings);
    console.log(JSON.stringify({ caches, blobs }));
    // A run that throws is shown as failed.
    if (failures.length > 0) throw new Error(`${failures.length} blobs could not be deleted`);
    if (damaged.length > 0) throw new Error(`${damaged.map(({ key }) => key)} lost blobs`);
  },
};
