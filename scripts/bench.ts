/**
 * Benchmarks: `deno task bench`. Each figure is a ratio to a peer that did the same work on the same
 * server in the same run; no absolute time of a shared machine means anything.
 *
 * @module
 */
import { Lab } from "../tests/interop/lab.ts";
import { measureExports, median, type SpeedRound } from "../tests/interop/speed.ts";

/** Caches of different shapes. */
const SHAPES = [
  { name: "120 layers of 64 KiB", layers: 120, size: 64 * 1024 },
  { name: "20 layers of 1 MiB", layers: 20, size: 1024 ** 2 },
  { name: "4 layers of 100 MB", layers: 4, size: 100_000_000 },
];

const rounds = Number(Deno.args[0] ?? 5);
console.log(`Exports to versitygw beside BuildKit's "sending cache export", ${rounds} rounds:\n`);
console.log("| cache | export: times as fast | whole process: times as fast |");
console.log("| --- | --- | --- |");
for (const { name, layers, size } of SHAPES) {
  await using lab = await Lab.start();
  const measured = await measureExports(lab, { layers, size, rounds });
  const ratio = (pick: (round: SpeedRound) => number) =>
    spread(measured.map((round) => round.buildkit / pick(round)));
  console.log(`| ${name} | ${ratio(({ ours }) => ours)} | ${ratio(({ process }) => process)} |`);
}

/** Median, and the range that it is from. */
function spread(ratios: number[]): string {
  const text = (ratio: number) => ratio.toFixed(1);
  return `${text(median(ratios))} (${text(Math.min(...ratios))}–${text(Math.max(...ratios))})`;
}
