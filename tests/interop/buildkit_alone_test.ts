/** That the laboratory shows what it is to show: BuildKit with its own caches, and without. */
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { BUILD_CASES, writeContext } from "./context.ts";
import { describeTree } from "./file_tree.ts";
import { Lab } from "./lab.ts";
import { assertUrlStyle } from "./round_trip.ts";

for (const style of ["path", "virtual"] as const) {
  test(`BuildKit alone: its S3 cache is used, ${style} style`, async () => {
    await using lab = await Lab.start();
    const { buildkit, directory, s3 } = lab;
    for (const build of BUILD_CASES.filter(({ name }) => name !== "sizes")) {
      const context = `${directory}/${build.name}`;
      await writeContext(context, build);
      const { name: dockerfile, platforms } = build;
      const what = { dockerfile, platforms, context };
      const prefix = `${build.name}/`;

      await buildkit.prune();
      const first = await buildkit.build({
        ...what,
        cacheTo: [s3.attributes(style, { prefix, mode: "max" })],
        output: `${directory}/${build.name}-first`,
      });
      const { steps } = first;
      assert(steps.length >= 4, `${steps.length} steps`);
      assertEquals(steps.filter(({ cached }) => cached), [], "an empty builder has nothing");
      const files = await describeTree(`${directory}/${build.name}-first`);

      await buildkit.prune();
      const second = await buildkit.build({
        ...what,
        cacheFrom: [s3.attributes(style, { prefix })],
        output: `${directory}/${build.name}-second`,
      });
      assertEquals(second.steps.filter(({ cached }) => !cached), []);
      assertEquals(second.steps.length, steps.length);
      assertEquals(await describeTree(`${directory}/${build.name}-second`), files);

      await buildkit.prune();
      const third = await buildkit.build({ ...what, output: `${directory}/${build.name}-third` });
      assertEquals(third.steps.filter(({ cached }) => cached), [], "a pruned builder has nothing");
    }
    await assertUrlStyle(lab, style);
  });
}
