/** How long an export takes, BuildKit's own and ours, to the same server in the same run. */
import { s3cache } from "./command.ts";
import { noise } from "./context.ts";
import type { Lab } from "./lab.ts";

/** What to measure with. */
export interface SpeedOptions {
  /** Of the image; each is one file. */
  layers: number;
  /** Of each file, in bytes. It does not compress. */
  size: number;
  /** How often to measure, in turns. */
  rounds: number;
}

/** One measurement, in seconds. */
export interface SpeedRound {
  /** BuildKit's "sending cache export": from the blobs on its disk to the manifest in S3. */
  buildkit: number;
  /** What our command's report says: from the local cache on disk to the manifest in S3. */
  ours: number;
  /** Our whole process, its start included. */
  process: number;
}

/**
 * Measures exports of one cache to fresh prefixes of the bucket.
 *
 * @param lab the servers; its S3 server is asked directly, without a proxy
 * @param options how much, how often
 * @returns a measurement a round
 */
export async function measureExports(lab: Lab, options: SpeedOptions): Promise<SpeedRound[]> {
  const { buildkit, directory, s3 } = lab;
  const dockerfile = `${directory}/Dockerfile`;
  const context = `${directory}/context`;
  await Deno.mkdir(context);
  const names = Array.from({ length: options.layers }, (_, index) => `file-${index + 1}`);
  for (const [index, name] of names.entries()) {
    await Deno.writeFile(`${context}/${name}`, noise(options.size, index + 1));
  }
  await Deno.writeTextFile(
    dockerfile,
    ["FROM scratch", ...names.map((name) => `COPY ${name} /`)].join("\n"),
  );
  const local = `${directory}/local`;
  // The blobs are made here, so that no later build spends time on compression.
  await buildkit.build({ dockerfile, context, cacheTo: [`type=local,dest=${local},mode=max`] });
  const rounds: SpeedRound[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const theirs = s3.attributes("path", { prefix: `theirs-${round}/`, mode: "max" });
    const log = await buildkit.build({ dockerfile, context, cacheTo: [theirs] });
    const ours = s3.attributes("path", { prefix: `ours-${round}/` });
    const started = performance.now();
    const report = await s3cache(["export", local, "--cache-to", ours]);
    rounds.push({
      buildkit: log.seconds("exporting cache to Amazon S3", "sending cache export"),
      ours: report.seconds,
      process: (performance.now() - started) / 1000,
    });
  }
  return rounds;
}

/** The middle of some numbers. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
