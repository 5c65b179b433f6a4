/**
 * What a transfer tells while it runs, and what it reports at its end.
 *
 * @module
 */
import { secondsSince } from "../elapsed.ts";
import type { RequestEvent, RequestKind } from "../s3/types.ts";

/** What became of a blob. */
export type BlobOutcome = "transferred" | "reused" | "touched" | "missing";

/** What a transfer tells while it runs. */
export type ProgressEvent =
  | {
    /** What there is to do is known. */
    type: "start";
    /** Distinct blobs. */
    blobs: number;
    /** Their size in bytes. */
    bytes: number;
  }
  | {
    /** Bytes of a blob have been moved. */
    type: "bytes";
    digest: string;
    bytes: number;
  }
  | {
    /** A blob is done. */
    type: "blob";
    digest: string;
    /** In bytes. */
    size: number;
    outcome: BlobOutcome;
  }
  | {
    /** A manifest was written, or a tag set. */
    type: "manifest";
    name: string;
  }
  | {
    /** Something that does not stop the transfer, and that somebody should know. */
    type: "warning";
    message: string;
  };

/** What a transfer did. */
export interface TransferReport {
  /** Names of the manifests that were written or read. */
  names: string[];
  /** Layers in the cache config; a blob may be in several. */
  layers: number;
  /** Distinct blobs, by what became of them. */
  blobs: { total: number } & Record<BlobOutcome, number>;
  /** Bytes of blobs that were moved. */
  bytes: { transferred: number };
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
  /** How long it took. */
  seconds: number;
  /** What was left out because BuildKit could not read it all; not there if nothing was. */
  dropped?: Dropped;
}

/** Parts of a cache config that were left out. */
export interface Dropped {
  /** Results of records. */
  results: number;
  /** Records. */
  records: number;
}

/** Collects the report of one transfer; counts all requests of its connections. */
export class Recorder {
  readonly #onProgress: ((event: ProgressEvent) => void) | undefined;
  readonly #clock: () => number;
  readonly #start: number;
  readonly #requests: readonly RequestCounter[];
  readonly #blobs = { total: 0, transferred: 0, reused: 0, touched: 0, missing: 0 };
  #bytes = 0;
  #dropped: Dropped | undefined;

  constructor(
    requests: RequestCounter | readonly RequestCounter[],
    clock: () => number,
    onProgress: ((event: ProgressEvent) => void) | undefined,
  ) {
    this.#requests = [requests].flat();
    this.#clock = clock;
    this.#start = clock();
    this.#onProgress = onProgress;
  }

  /** Tells how much there is to do. */
  start(blobs: number, bytes: number): void {
    this.#blobs.total = blobs;
    this.#onProgress?.({ type: "start", blobs, bytes });
  }

  /** Tells of bytes that moved. */
  bytes(digest: string, bytes: number): void {
    this.#onProgress?.({ type: "bytes", digest, bytes });
  }

  /** Notes what became of a blob. */
  blob(digest: string, size: number, outcome: BlobOutcome): void {
    this.#blobs[outcome]++;
    if (outcome === "transferred") this.#bytes += size;
    this.#onProgress?.({ type: "blob", digest, size, outcome });
  }

  /** Notes what was left out, in place of what was noted before. */
  dropped({ results, records }: Dropped): void {
    this.#dropped = results + records > 0 ? { results, records } : undefined;
  }

  /** Tells of a manifest. */
  manifest(name: string): void {
    this.#onProgress?.({ type: "manifest", name });
  }

  /** Tells of something odd. */
  warn(message: string): void {
    this.#onProgress?.({ type: "warning", message });
  }

  /** What was done until now. */
  report(names: string[], layers: number): TransferReport {
    return {
      names,
      layers,
      blobs: { ...this.#blobs },
      bytes: { transferred: this.#bytes },
      requests: sumRequests(this.#requests),
      seconds: secondsSince(this.#start, this.#clock),
      ...(this.#dropped && { dropped: this.#dropped }),
    };
  }
}

function sumRequests(counters: readonly RequestCounter[]): Record<RequestKind, number> {
  const total = new RequestCounter().counts;
  for (const { counts } of counters) {
    for (const kind of Object.keys(counts) as RequestKind[]) total[kind] += counts[kind];
  }
  return total;
}

/** Counts requests by what they are billed as. */
export class RequestCounter {
  /** How many there were. */
  readonly counts: Record<RequestKind, number> = {
    GET: 0,
    HEAD: 0,
    PUT: 0,
    POST: 0,
    LIST: 0,
    COPY: 0,
    DELETE: 0,
  };

  /** Is given to the client as its `onRequest`. */
  readonly onRequest = (event: RequestEvent): void => {
    this.counts[event.kind]++;
  };
}
