/**
 * Reports of transfers, for people and for programs.
 *
 * @module
 */
import type { RequestKind } from "../s3/types.ts";
import type { BlobOutcome, TransferReport } from "../transfer/progress.ts";
import { formatBytes, plural } from "../format.ts";

/** One line about a transfer. */
export function describeReport(report: TransferReport, transferred: string): string {
  const { blobs, bytes, names, layers, seconds } = report;
  const counts: [number, string][] = [
    [blobs.transferred, `${transferred} (${formatBytes(bytes.transferred)})`],
    [blobs.reused, "reused"],
    [blobs.touched, "touched"],
    [blobs.missing, "missing"],
  ];
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `${names.join(", ")}: ${plural(layers, "layer")}, ${plural(blobs.total, "blob")}` +
    `${parts.length > 0 ? `: ${parts.join(", ")}` : ""}, ${seconds.toFixed(1)} s`;
}

/** The sum of several reports; with more than one, each of them too, in a field of this name. */
export function totalReport(reports: TransferReport[], field: string): object {
  const total: TransferReport = {
    names: reports.flatMap(({ names }) => names),
    layers: 0,
    blobs: { total: 0, transferred: 0, reused: 0, touched: 0, missing: 0 },
    bytes: { transferred: 0 },
    requests: { GET: 0, HEAD: 0, PUT: 0, POST: 0, LIST: 0, COPY: 0, DELETE: 0 },
    seconds: 0,
  };
  for (const report of reports) {
    total.layers += report.layers;
    total.bytes.transferred += report.bytes.transferred;
    total.seconds += report.seconds;
    for (const key of Object.keys(total.blobs) as ("total" | BlobOutcome)[]) {
      total.blobs[key] += report.blobs[key];
    }
    for (const kind of Object.keys(total.requests) as RequestKind[]) {
      total.requests[kind] += report.requests[kind];
    }
  }
  return reports.length === 1 ? { ...reports[0] } : { ...total, [field]: reports };
}
