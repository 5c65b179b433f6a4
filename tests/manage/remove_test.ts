import { removeCaches } from "s3cache";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { hasBlob, pruneLab } from "./prune_lab.ts";

test("a cache is removed by its exact name; its blobs stay for prune", async () => {
  const lab = pruneLab();
  for (const name of ["a", "a/b", "ab"]) await lab.export(name, ["x"]);
  const options = lab.options({ names: ["a", "b", "a"] });
  const dry = await removeCaches(options, lab.settings);
  assertEquals([dry.dryRun, dry.removed, dry.missing], [true, ["a"], ["b"]]);
  assertEquals(Object.keys(await lab.objects()).length, 4);
  const wet = await removeCaches(options, { ...lab.settings, dryRun: false });
  assertEquals([wet.dryRun, wet.removed, wet.missing], [false, ["a"], ["b"]]);
  assertEquals(await lab.client.head("manifests/a"), undefined);
  assertEquals(Object.keys(await lab.objects()).length, 3);
  assertEquals(await hasBlob(lab.client, "x"), true);
});

test("a blob has no name, though it may lie where names do", async () => {
  const lab = pruneLab();
  const digest = "sha256:" + "5".repeat(64);
  await lab.client.put(digest, "a blob");
  const options = lab.options({ blobsPrefix: "", manifestsPrefix: "", names: [digest] });
  const report = await removeCaches(options, { ...lab.settings, dryRun: false });
  assertEquals(report.missing, [digest]);
  assertEquals((await lab.client.head(digest))?.size, 6);
});
