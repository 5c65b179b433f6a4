/**
 * Whether a server honours the conditions of a write. Many ignore the headers and write all the
 * same, which would lose another exporter's records without a word.
 *
 * @module
 */
import type { S3Client } from "../s3/client.ts";
import { isPreconditionFailed, S3Error } from "../s3/errors.ts";
import type { WriteConditions } from "../s3/object_headers.ts";
import type { RequestOptions } from "../s3/types.ts";

/** No object has this ETag. */
const NO_ETAG = '"00000000000000000000000000000000-0"';

/**
 * Tries a condition on a key of its own, never on an object that matters.
 *
 * @param client of the bucket
 * @param prefix of the cache; the key is below it
 * @param condition which of them is to be used
 * @param options `signal`
 * @returns false if the server wrote although the condition did not hold, or knows none
 */
export async function honoursCondition(
  client: S3Client,
  prefix: string,
  condition: keyof WriteConditions,
  options: RequestOptions,
): Promise<boolean> {
  const key = `${prefix}.s3cache-probe-${crypto.randomUUID()}`;
  try {
    if (condition === "ifNoneMatch") await client.put(key, "", options);
    await client.put(key, "", {
      ...options,
      ...(condition === "ifNoneMatch" ? { ifNoneMatch: "*" } : { ifMatch: NO_ETAG }),
    });
    return false;
  } catch (error) {
    // S3 answers If-Match on a key without an object with 404.
    if (isPreconditionFailed(error) || (error instanceof S3Error && error.status === 404)) {
      return true;
    }
    if (error instanceof S3Error && error.status === 501) return false;
    throw error;
  } finally {
    // Where a condition is honoured there may be nothing to delete, which is no error either.
    await client.delete(key, options).catch(() => {});
  }
}
