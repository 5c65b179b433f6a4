/**
 * Progress on stderr: a bar where a person watches, a line a blob where a log is kept.
 *
 * @module
 */
import type { ProgressEvent } from "../transfer/progress.ts";
import { cliProgress } from "./deps.ts";
import { formatBytes, plural } from "../format.ts";
import type { Io } from "./io.ts";

/** `auto` is a bar on a terminal and lines elsewhere. */
export type ProgressMode = "auto" | "plain" | "none";

/** A display of one transfer. */
export interface ProgressDisplay {
  onProgress(event: ProgressEvent): void;
  /** Takes the bar away. */
  stop(): void;
}

/**
 * Shows a transfer.
 *
 * @param label what is done, such as `export`
 * @param mode how
 * @param io where
 */
export function showProgress(label: string, mode: ProgressMode, io: Io): ProgressDisplay {
  const display = mode === "none"
    ? silent
    : mode === "auto" && io.isTerminal
    ? bar(label)
    : lines(label, io);
  return {
    onProgress(event) {
      if (event.type === "warning") {
        display.stop();
        io.stderr(`s3cache: warning: ${event.message}\n`);
      } else {
        display.onProgress(event);
      }
    },
    stop: () => display.stop(),
  };
}

const silent: ProgressDisplay = { onProgress() {}, stop() {} };

function lines(label: string, io: Io): ProgressDisplay {
  return {
    onProgress(event) {
      if (event.type === "start") {
        io.stderr(`${label}: ${plural(event.blobs, "blob")}, ${formatBytes(event.bytes)}\n`);
      } else if (event.type === "blob") {
        io.stderr(`${label}: ${event.digest} ${event.outcome}, ${formatBytes(event.size)}\n`);
      } else if (event.type === "manifest") {
        io.stderr(`${label}: ${event.name} written\n`);
      }
    },
    stop() {},
  };
}

function bar(label: string): ProgressDisplay {
  const bar = new cliProgress.SingleBar({
    format:
      `${label} {bar} {percentage}% | {doneBytes} of {totalBytes} | {blobs} of {allBlobs} blobs`,
    clearOnComplete: true,
    hideCursor: true,
    // The bar would swallow Ctrl-C's clean-up with a handler of its own.
    gracefulExit: false,
  }, cliProgress.Presets.shades_classic);
  let done = 0;
  let blobs = 0;
  const moved = new Map<string, number>();
  const update = () => bar.update(done, { doneBytes: formatBytes(done), blobs });
  return {
    onProgress(event) {
      if (event.type === "start") {
        bar.start(event.bytes, 0, {
          doneBytes: formatBytes(0),
          totalBytes: formatBytes(event.bytes),
          blobs,
          allBlobs: event.blobs,
        });
      } else if (event.type === "bytes") {
        moved.set(event.digest, (moved.get(event.digest) ?? 0) + event.bytes);
        done += event.bytes;
        update();
      } else if (event.type === "blob") {
        // What was not moved piece by piece counts when it is done.
        done += event.size - (moved.get(event.digest) ?? 0);
        moved.delete(event.digest);
        blobs++;
        update();
      }
    },
    stop: () => bar.stop(),
  };
}
