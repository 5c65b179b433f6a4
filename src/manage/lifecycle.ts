/**
 * Lifecycle rules, held against how a cache is used.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { S3Error } from "../s3/errors.ts";
import type { Transport } from "../s3/transport.ts";
import type { Xml } from "../s3/xml.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { type Check, explainFailure } from "./doctor_check.ts";

const DAY_MS = 86_400_000;

/**
 * Reads the rules of a bucket and checks them.
 *
 * @param transport of the bucket
 * @param options of the cache
 * @param signal ends it
 * @returns what was found
 */
export async function checkLifecycle(
  transport: Transport,
  options: CacheOptions,
  signal: AbortSignal | undefined,
): Promise<Check> {
  const name = "lifecycle";
  try {
    const { xml } = await transport.sendForXml({
      operation: "GetBucketLifecycleConfiguration",
      method: "GET",
      query: { lifecycle: "" },
      signal,
    }, "LifecycleConfiguration");
    return judgeRules(xml, options);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    if (error.code === "NoSuchLifecycleConfiguration" || error.status === 404) {
      const message = "no rules: nothing is deleted but by prune";
      return { name, status: "ok", message };
    }
    const found = explainFailure(name, error, "s3:GetLifecycleConfiguration", options);
    return { ...found, status: "skipped" };
  }
}

function judgeRules(xml: Xml, options: CacheOptions): Check {
  const name = "lifecycle";
  const rules = xml.all("Rule").filter((rule) =>
    rule.get("Status") === "Enabled" && appliesTo(rule, blobKey(options, ""))
  );
  const leastMs = options.touchRefreshMs + DAY_MS;
  for (const rule of rules) {
    const id = JSON.stringify(rule.get("ID") ?? "");
    const days = Number(rule.all("Expiration")[0]?.get("Days") ?? NaN);
    if (days * DAY_MS <= leastMs) {
      return {
        name,
        status: "problem",
        message: `rule ${id} deletes after ${days} days what is touched only every ` +
          `${options.touchRefreshMs / 3_600_000} h: blobs go while they are in use`,
        fix:
          "let it delete later than touch_refresh, the longest pause between two builds and a day",
      };
    }
    const archive = rule.all("Transition").map((transition) => transition.get("StorageClass"))
      .find((storageClass) => storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE");
    if (archive) {
      return {
        name,
        status: "problem",
        message: `rule ${id} moves objects to ${archive}: builds cannot read them there`,
        fix: "take the transition out of the rule, or delete instead",
      };
    }
  }
  const message = rules.length === 0
    ? "no rule applies to the blobs: nothing is deleted but by prune"
    : `${rules.length} rules apply to the blobs, and none is too early`;
  return { name, status: "ok", message };
}

/** Whether a rule is about blobs: its prefix begins theirs, or theirs its. */
function appliesTo(rule: Xml, blobs: string): boolean {
  const filter = rule.all("Filter")[0];
  const prefix = rule.get("Prefix") ?? filter?.get("Prefix") ??
    filter?.all("And")[0]?.get("Prefix") ?? "";
  return blobs.startsWith(prefix) || prefix.startsWith(blobs);
}
