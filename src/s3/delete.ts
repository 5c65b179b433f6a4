/**
 * Deletes objects, one or many.
 *
 * @module
 */
import { forEachParallel } from "../parallel.ts";
import { checksum } from "./checksum.ts";
import { isNoSuchKey, isUnsupported, S3Error } from "./errors.ts";
import { encodeQuery } from "./keys.ts";
import type { Transport } from "./transport.ts";
import type { RequestOptions } from "./types.ts";
import { xmlElement } from "./xml.ts";

/** A key that could not be deleted. */
export interface DeleteFailure {
  /** The object's key. */
  key: string;
  /** S3's error code, such as `AccessDenied`. */
  code: string;
  /** S3's own words. */
  message: string;
}

/** What became of a list of keys. */
export interface DeleteReport {
  /** The keys that are gone now, whether or not they were there before. */
  deleted: string[];
  /** Those that are not. */
  errors: DeleteFailure[];
}

/** S3's limit for one request. */
const MAX_KEYS = 1000;

/** How many single deletions run at once where there is no batch deletion. */
const SINGLE_PARALLELISM = 8;

/** See {@linkcode S3Client.delete}. */
export async function deleteObject(
  transport: Transport,
  key: string,
  { signal, ifMatch }: RequestOptions & { ifMatch?: string },
): Promise<void> {
  try {
    await transport.sendForHeaders({
      operation: "DeleteObject",
      method: "DELETE",
      key,
      headers: { "if-match": ifMatch },
      signal,
    });
  } catch (error) {
    // S3 answers 204 then; Google's service does not.
    if (ifMatch || !isNoSuchKey(error)) throw error;
  }
}

/** See {@linkcode S3Client.deleteMany}. */
export async function deleteObjects(
  transport: Transport,
  keys: Iterable<string>,
  options: RequestOptions,
): Promise<DeleteReport> {
  const report: DeleteReport = { deleted: [], errors: [] };
  const all = [...keys];
  // In XML, a lone surrogate would become another key, silently.
  all.forEach(encodeQuery);
  let batches = true;
  for (let start = 0; start < all.length; start += MAX_KEYS) {
    const batch = all.slice(start, start + MAX_KEYS);
    if (batches) batches = await deleteBatch(transport, batch, report, options);
    if (!batches) await deleteSingly(transport, batch, report, options);
  }
  return report;
}

/** Returns false, and has deleted nothing, if the server has no batch deletion that we can use. */
async function deleteBatch(
  transport: Transport,
  keys: string[],
  report: DeleteReport,
  { signal }: RequestOptions,
): Promise<boolean> {
  const body = new TextEncoder().encode(
    `<Delete><Quiet>true</Quiet>${
      keys.map((key) => `<Object>${xmlElement("Key", key)}</Object>`).join("")
    }</Delete>`,
  );
  let failed: DeleteFailure[];
  try {
    const { xml } = await transport.sendForXml({
      operation: "DeleteObjects",
      method: "POST",
      query: { delete: "" },
      headers: {
        "content-type": "application/xml",
        "x-amz-sdk-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": await checksum("SHA256", body),
      },
      body,
      signal,
    }, "DeleteResult");
    failed = xml.all("Error").map((error) => ({
      key: error.get("Key") ?? "",
      code: error.get("Code") ?? "",
      message: error.get("Message") ?? "",
    }));
  } catch (error) {
    // Some services have no batch deletion, or one that wants MD5, which Web Crypto does not have.
    if (isUnsupported(error)) return false;
    throw error;
  }
  const failedKeys = new Set(failed.map(({ key }) => key));
  report.errors.push(...failed);
  report.deleted.push(...keys.filter((key) => !failedKeys.has(key)));
  return true;
}

async function deleteSingly(
  transport: Transport,
  keys: string[],
  report: DeleteReport,
  options: RequestOptions,
): Promise<void> {
  await forEachParallel(keys, SINGLE_PARALLELISM, async (key, signal) => {
    try {
      await deleteObject(transport, key, { signal });
      report.deleted.push(key);
    } catch (error) {
      if (!(error instanceof S3Error) || error.status === 0) throw error;
      report.errors.push({ key, code: error.code, message: error.message });
    }
  }, options.signal);
}
