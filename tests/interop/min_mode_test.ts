/** An explicit mode=min leaves out of a complete local cache what BuildKit leaves out of S3. */
import { assertEquals, assertLess } from "../assert.ts";
import { test } from "../harness.ts";
import { describeGraph } from "./cache_graph.ts";
import { s3cache } from "./command.ts";
import { writeContext } from "./context.ts";
import { Lab } from "./lab.ts";

for (const dockerfile of ["stages", "link", "mounts"]) {
  test(`mode=min is BuildKit's: ${dockerfile}`, async () => {
    await using lab = await Lab.start();
    const { buildkit, directory, s3 } = lab;
    const build = { dockerfile, context: `${directory}/context` };
    await writeContext(build.context, { name: dockerfile });
    const local = `${directory}/local`;
    await buildkit.build({ ...build, cacheTo: [`type=local,dest=${local},mode=max`] });
    // A builder that had cached steps would export them too.
    await buildkit.prune();
    const theirs = s3.attributes("path", { prefix: "theirs/", mode: "min" });
    await buildkit.build({ ...build, cacheTo: [theirs] });

    const ours = s3.attributes("path", { prefix: "ours/", mode: "min" });
    const least = await s3cache(["export", local, "--cache-to", ours]);
    const most = await s3cache(["export", local, "--cache-to", s3.attributes("path")]);
    assertLess(least.layers, most.layers);

    // Two builds give files of two ages, and so other blobs.
    const [oursWritten, theirsWritten] = await Promise.all(
      ["ours/", "theirs/"].map((prefix) => s3.read(`${prefix}manifests/buildkit`)),
    );
    assertEquals(
      describeGraph(oursWritten!, { blobs: false }),
      describeGraph(theirsWritten!, { blobs: false }),
    );

    await buildkit.prune();
    const { steps } = await buildkit.build({
      ...build,
      cacheFrom: [s3.attributes("path", { prefix: "ours/" })],
      output: `${directory}/image`,
    });
    assertEquals(steps.filter(({ cached }) => !cached), []);
  });
}
