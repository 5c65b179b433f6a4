/**
 * Keeps blobs alive that are in the bucket already and not in the source of the export.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import type { CacheConfig } from "../cacheconfig/types.ts";
import { forEachParallel } from "../parallel.ts";
import { findBlobs } from "./presence.ts";
import type { Connection } from "./connection.ts";
import type { Recorder } from "./progress.ts";
import { distinctBlobs } from "./source.ts";
import { isArchived, isStale, type Toucher } from "./touch.ts";

/** Touches the blobs of manifests that an export inherits, each once. */
export class BlobRefresher {
  readonly #options: CacheOptions;
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  readonly #toucher: Toucher;
  readonly #fresh: Set<string>;

  /**
   * Makes a refresher for one export.
   *
   * @param options of the export
   * @param connection of the export
   * @param recorder of the export
   * @param toucher of the bucket
   * @param fresh blobs that the export has taken care of itself
   */
  constructor(
    options: CacheOptions,
    connection: Connection,
    recorder: Recorder,
    toucher: Toucher,
    fresh: Iterable<string>,
  ) {
    this.#options = options;
    this.#connection = connection;
    this.#recorder = recorder;
    this.#toucher = toucher;
    this.#fresh = new Set(fresh);
  }

  /**
   * Touches the blobs of a config that are older than `touch_refresh`.
   *
   * @param config of a manifest in the bucket
   * @param signal ends it
   * @returns the blobs that are not there, or not as the manifest says
   */
  async refresh(config: CacheConfig, signal: AbortSignal | undefined): Promise<Set<string>> {
    const { client, clock } = this.#connection;
    const blobs = distinctBlobs(config);
    const inherited = [...blobs].filter(([digest]) => !this.#fresh.has(digest));
    const present = await findBlobs(client, this.#options, inherited.map(([digest]) => digest), {
      signal,
      onWarning: (message) => this.#recorder.warn(message),
    });
    const lost = new Set<string>();
    let old = 0;
    await forEachParallel(
      inherited,
      this.#options.uploadParallelism,
      async ([digest, size], signal) => {
        const info = present.get(digest);
        if (!info || info.size !== size || isArchived(info)) return void lost.add(digest);
        this.#fresh.add(digest);
        if (!isStale(info, this.#options, clock())) return;
        if (!await this.#toucher.touch(info, { signal })) old++;
      },
      signal,
    );
    if (old > 0) {
      this.#recorder.warn(
        `${old} blobs of the existing manifest could not be touched, and are not in this export: ` +
          "a lifecycle rule may delete them",
      );
    }
    return lost;
  }
}
