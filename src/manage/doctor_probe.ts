/**
 * Tries what a cache needs on objects of its own, permission by permission.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { S3Error } from "../s3/errors.ts";
import { blobKey } from "../transfer/bucket_layout.ts";
import { honoursCondition } from "../transfer/conditional_writes.ts";
import type { Connection } from "../transfer/connection.ts";
import { type Check, explainFailure } from "./doctor_check.ts";

/** The least that S3 takes as two parts. */
const PART_BYTES = 5 * 1024 * 1024;
/** LastModified has whole seconds. */
const TICK_MS = 1100;
const CONTENT = "s3cache doctor";
const METADATA = { "s3cache-probe": "a b" };

/** The trial of one bucket. */
export class Probe {
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  /** Below the blobs' prefix, since permissions may differ, and never a blob's key. */
  readonly #key: string;

  /** Nothing is sent yet. */
  constructor(options: CacheOptions, connection: Connection, signal: AbortSignal | undefined) {
    this.#options = options;
    this.#connection = connection;
    this.#signal = signal;
    this.#key = blobKey(options, `.s3cache-probe-${crypto.randomUUID()}`);
  }

  /** Looks for an object that is not there. */
  async absent(): Promise<Check> {
    const name = "head";
    try {
      await this.#connection.client.head(this.#key, { signal: this.#signal });
      return { name, status: "ok", message: "an object that is absent is said to be so" };
    } catch (error) {
      if (error instanceof S3Error && error.status === 403) {
        return {
          name,
          status: "problem",
          message: "the answer for an absent object is 403, not 404",
          fix:
            "allow s3:ListBucket on the bucket, beside s3:GetObject: without it S3 hides what is " +
            "absent, and BuildKit fails where there is no cache yet",
        };
      }
      return explainFailure(name, error, "s3:GetObject", this.#options);
    }
  }

  /** Writes, reads, copies and deletes; what follows from a failure is not tried. */
  async write(): Promise<Check[]> {
    const { client, placement } = this.#connection;
    const signal = this.#signal;
    const key = this.#key;
    const put = await this.#try("put", "s3:PutObject", async () => {
      await client.put(key, CONTENT, { ...placement, metadata: METADATA, signal });
      return { message: "an object can be written" };
    });
    if (put.status === "problem") return [put];
    try {
      return [
        put,
        await this.#try("get", "s3:GetObject", () => this.#get()),
        await this.#try("copy", "s3:GetObject and s3:PutObject", () => this.#touch()),
        await this.#try(
          "multipart",
          "s3:PutObject and s3:AbortMultipartUpload",
          () => this.#multipart(),
        ),
        await this.#try("conditions", "s3:PutObject", () => this.#conditions()),
        await this.#try("delete", "s3:DeleteObject", () => this.#delete()),
      ];
    } finally {
      await client.delete(key, {}).catch(() => {});
    }
  }

  async #get(): Promise<Finding> {
    const { info, ...result } = await this.#connection.client.get(this.#key, {
      signal: this.#signal,
    });
    const text = await result.text();
    if (text !== CONTENT) {
      return {
        status: "problem",
        message: `${CONTENT.length} bytes were written and ${text.length} others came back`,
        fix: "something on the way changes what it passes on: have it leave bodies alone",
      };
    }
    const lost = [
      ...info.etag === "" ? ["ETag"] : [],
      ...Number.isNaN(info.lastModified.getTime()) ? ["Last-Modified"] : [],
      ...info.metadata?.["s3cache-probe"] === "a b" ? [] : ["x-amz-meta-*"],
    ];
    if (lost.length === 0) return { message: "what was written came back as it was" };
    return {
      status: "warning",
      message: `the answer lacks ${lost.join(", ")}`,
      fix: "a proxy on the way takes headers away: have it pass them on",
    };
  }

  /** BuildKit keeps blobs alive by such a copy. */
  async #touch(): Promise<Finding> {
    const { client, placement, sleep } = this.#connection;
    const signal = this.#signal;
    const before = await client.head(this.#key, { signal });
    await sleep(TICK_MS, signal);
    await client.copy(this.#key, this.#key, {
      ...placement,
      metadata: METADATA,
      metadataDirective: "REPLACE",
      signal,
    });
    const after = await client.head(this.#key, { signal });
    if (before && after && after.lastModified > before.lastModified) {
      return { message: "a copy of an object onto itself makes it young" };
    }
    return {
      status: "warning",
      message: "a copy of an object onto itself succeeds and leaves LastModified as it was",
      fix:
        "BuildKit cannot keep blobs alive here: use no lifecycle rule that deletes by age, and " +
        "prune only when nothing is built (s3cache uploads old blobs again)",
    };
  }

  async #multipart(): Promise<Finding> {
    const { client, placement } = this.#connection;
    const key = `${this.#key}-parts`;
    const signal = this.#signal;
    try {
      await client.upload(key, new Blob([new Uint8Array(PART_BYTES + 1)]), {
        ...placement,
        partSize: PART_BYTES,
        signal,
      });
      return { message: "an object can be written in parts" };
    } finally {
      await client.delete(key, {}).catch(() => {});
    }
  }

  async #conditions(): Promise<Finding> {
    const { client } = this.#connection;
    const prefix = blobKey(this.#options, "");
    const signal = this.#signal;
    const ignored: string[] = [];
    for (const condition of ["ifMatch", "ifNoneMatch"] as const) {
      if (!await honoursCondition(client, prefix, condition, { signal })) ignored.push(condition);
    }
    if (ignored.length === 0) return { message: "conditional writes are honoured" };
    return {
      status: "warning",
      message: `the server writes although ${ignored.join(" and ")} does not hold`,
      fix:
        "do not export with merge=true to one name from two jobs at once: one of them may be lost",
    };
  }

  async #delete(): Promise<Finding> {
    const { client } = this.#connection;
    const signal = this.#signal;
    const { errors } = await client.deleteMany([this.#key], { signal });
    if (errors[0]) {
      return {
        status: "warning",
        message: `${errors[0].code}: ${errors[0].message}; ${this.#key} is left`,
        fix: "prune and rm need s3:DeleteObject; exports and imports do without",
      };
    }
    return { message: "an object can be deleted" };
  }

  async #try(name: string, permission: string, work: () => Promise<Finding>): Promise<Check> {
    try {
      return { name, status: "ok", ...await work() };
    } catch (error) {
      this.#signal?.throwIfAborted();
      return explainFailure(name, error, permission, this.#options);
    }
  }
}

type Finding = Omit<Check, "name" | "status"> & Partial<Pick<Check, "status">>;
