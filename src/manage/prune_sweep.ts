/**
 * The sweep: finds the blobs that nobody refers to and deletes them, a batch at a time.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { forEachParallel } from "../parallel.ts";
import type { S3Client } from "../s3/client.ts";
import type { DeleteFailure } from "../s3/delete.ts";
import type { ObjectInfo } from "../s3/types.ts";
import { blobKey, type BucketLayout } from "../transfer/bucket_layout.ts";
import { DigestTable } from "./digest_table.ts";
import type { References } from "./prune_references.ts";
import type { ManageEvent } from "./settings.ts";
import { isSameVersion } from "./version.ts";

/** What S3 deletes in one request. */
const BATCH = 1000;
/** How many HEAD requests run at once. */
const HEAD_PARALLELISM = 32;

/** Objects, and what they measure together. */
export interface Tally {
  /** How many. */
  count: number;
  /** In bytes. */
  bytes: number;
}

/** What became of the blobs. */
export interface SweepReport {
  /** All blobs that were listed. */
  total: Tally;
  /** Those that a manifest refers to. */
  referenced: Tally;
  /** Unreferenced, but written within the grace period: an export may be about to refer to them. */
  young: Tally;
  /** Unreferenced since too short a time for a two-phase prune. */
  waiting: Tally;
  /** Unreferenced, and touched or gone or referred to again before they were deleted. */
  spared: Tally;
  /** Deleted. */
  deleted: Tally;
}

/** What a sweep works with. */
export interface SweepContext {
  client: S3Client;
  layout: BucketLayout;
  references: References;
  /** References of this place and later ones count. */
  place: number;
  /** Blobs that were written later stay. */
  cutoff: number;
  /** With two phases: what was found before, and how old that has to be. */
  memory?: { found: DigestTable; now: number; waitMs: number };
  /** Change nothing. */
  dryRun: boolean;
  onProgress: ((event: ManageEvent) => void) | undefined;
  signal: AbortSignal | undefined;
}

/** Sweeps the blobs of one cache. */
export class Sweep {
  /** What became of the blobs until now. */
  readonly report: SweepReport = {
    total: { count: 0, bytes: 0 },
    referenced: { count: 0, bytes: 0 },
    young: { count: 0, bytes: 0 },
    waiting: { count: 0, bytes: 0 },
    spared: { count: 0, bytes: 0 },
    deleted: { count: 0, bytes: 0 },
  };
  /** Blobs that could not be deleted. */
  readonly failures: DeleteFailure[] = [];
  /** With two phases: what waits, and since when. */
  readonly waiting = new DigestTable();
  readonly #context: SweepContext;

  /** Nothing is sent yet. */
  constructor(context: SweepContext) {
    this.#context = context;
  }

  /** Lists all blobs, and deletes those that may go. */
  async run(): Promise<void> {
    const { client, layout, onProgress, signal } = this.#context;
    const prefix = blobKey(layout, "");
    let batch: ObjectInfo[] = [];
    for await (const page of client.listPages({ prefix: `${prefix}sha256:`, signal })) {
      for (const info of page.objects) {
        const digest = info.key.slice(prefix.length);
        if (!isDigest(digest)) continue;
        count(this.report.total, info);
        if (this.#mayGo(digest, info)) batch.push(info);
        if (batch.length === BATCH) {
          await this.#delete(batch);
          batch = [];
        }
      }
      onProgress?.({ type: "listed", objects: this.report.total.count });
    }
    if (batch.length > 0) await this.#delete(batch);
  }

  #mayGo(digest: string, info: ObjectInfo): boolean {
    const { references, place, cutoff, memory } = this.#context;
    const { report } = this;
    const written = info.lastModified.getTime();
    if (references.has(digest, place)) {
      count(report.referenced, info);
      return false;
    }
    // Not `>=`: a time that cannot be read must not make a blob look old.
    if (!(written < cutoff)) {
      count(report.young, info);
      return false;
    }
    if (!memory) return true;
    const found = memory.found.get(digest);
    // Touched since: somebody referred to it in the meantime, and its time begins anew.
    const since = found !== undefined && written <= found ? found : memory.now;
    if (memory.now - since >= memory.waitMs) return true;
    this.waiting.set(digest, since);
    count(report.waiting, info);
    return false;
  }

  async #delete(batch: ObjectInfo[]): Promise<void> {
    const { client, references, dryRun, signal } = this.#context;
    let going = batch;
    if (!dryRun) {
      // First what came to refer to them, then each of them: what is done between these two and the
      // deletion is the window that remains.
      await references.refresh(signal);
      const unchanged = await this.#unchanged(batch);
      going = batch.filter((info) => {
        const goes = unchanged.has(info.key) && !this.#isReferenced(info);
        if (!goes) count(this.report.spared, info);
        return goes;
      });
      // Before the request: a manifest that is written meanwhile has lost them too.
      for (const { key } of going) references.deleted(this.#digestOf(key));
      const { errors } = await client.deleteMany(going.map(({ key }) => key), { signal });
      this.failures.push(...errors);
      const failed = new Set(errors.map(({ key }) => key));
      going = going.filter(({ key }) => !failed.has(key));
    }
    for (const info of going) {
      count(this.report.deleted, info);
      this.#context.onProgress?.({
        type: "delete",
        key: info.key,
        bytes: info.size,
        reason: "no manifest refers to it",
      });
    }
  }

  /** The keys of those that are as the listing said. */
  async #unchanged(batch: ObjectInfo[]): Promise<Set<string>> {
    const { client, signal } = this.#context;
    const unchanged = new Set<string>();
    await forEachParallel(batch, HEAD_PARALLELISM, async (listed, signal) => {
      const current = await client.head(listed.key, { signal });
      if (current && isSameVersion(current, listed)) unchanged.add(listed.key);
    }, signal);
    return unchanged;
  }

  #isReferenced({ key }: ObjectInfo): boolean {
    const { references, place } = this.#context;
    return references.has(this.#digestOf(key), place);
  }

  #digestOf(key: string): string {
    return key.slice(blobKey(this.#context.layout, "").length);
  }
}

function count(tally: Tally, { size }: ObjectInfo): void {
  tally.count++;
  tally.bytes += size;
}
