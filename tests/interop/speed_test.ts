/** What is measured is the same work; the numbers are printed, and judged by the benchmarks. */
import { assertEquals, assertGreater } from "../assert.ts";
import { test } from "../harness.ts";
import { Lab } from "./lab.ts";
import { measureExports, median } from "./speed.ts";

test("an export of 120 layers of 64 KiB, beside BuildKit's own", async () => {
  await using lab = await Lab.start();
  const rounds = await measureExports(lab, { layers: 120, size: 65_536, rounds: 3 });
  const { s3 } = lab;
  for (const round of [1, 2, 3]) {
    const theirs = await s3.list(`theirs-${round}/blobs/`);
    assertEquals(theirs.size, 120);
    assertEquals(await s3.list(`ours-${round}/blobs/`), theirs);
    assertEquals(
      await s3.read(`ours-${round}/manifests/buildkit`),
      await s3.read(`theirs-${round}/manifests/buildkit`),
    );
  }
  for (const { buildkit, ours } of rounds) {
    assertGreater(buildkit, 0);
    assertGreater(ours, 0);
  }
  const buildkit = median(rounds.map(({ buildkit }) => buildkit));
  const ours = median(rounds.map(({ ours }) => ours));
  const process = median(rounds.map(({ process }) => process));
  console.log(
    `BuildKit ${buildkit.toFixed(3)} s, ours ${ours.toFixed(3)} s ` +
      `(${(buildkit / ours).toFixed(1)} times as fast), our whole process ${process.toFixed(3)} s`,
  );
});
