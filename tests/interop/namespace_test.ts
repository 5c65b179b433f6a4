/** `exec` with a builder in a network of its own, which reaches neither our loopback nor S3. */
import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { BuildLog } from "./build_log.ts";
import { writeContext } from "./context.ts";
import { freePort } from "./daemon.ts";
import { execBuildctl } from "./exec.ts";
import { describeTree } from "./file_tree.ts";
import { Lab } from "./lab.ts";
import { NetworkNamespace } from "./network_namespace.ts";

/** Runs a test with a builder in a namespace; `build` says how it ended, and what it said. */
async function withBuilder(
  fn: (
    lab: Lab,
    address: string,
    build: (options: string[], ...flags: string[]) => Promise<{ code: number; text: string }>,
  ) => Promise<void>,
): Promise<void> {
  await using namespace = await NetworkNamespace.create();
  await using lab = await Lab.start({ namespace });
  const context = `${lab.directory}/context`;
  await writeContext(context, { name: "stages" });
  await fn(lab, namespace.address, (options, ...flags) => {
    const output = `${lab.directory}/image`;
    return execBuildctl(lab, { dockerfile: "stages", context, output, options, flags });
  });
}

test("exec: a builder in another network namespace reaches the gateway where it is told to", () =>
  withBuilder(async (lab, address, build) => {
    const to = lab.s3.attributes("path", { name: "app", mode: "max" });
    const everywhere = ["--listen", "0.0.0.0:0", "--advertise", `${address}:0`];
    const first = await build(everywhere, "--export-cache", to);
    assertEquals(first.code, 0, first.text);
    const files = await describeTree(`${lab.directory}/image`);

    const from = lab.s3.attributes("path", { name: "app" });
    for (const options of [everywhere, ["--listen", `${address}:0`]]) {
      await lab.buildkit.prune();
      await Deno.remove(`${lab.directory}/image`, { recursive: true });
      const second = await build(options, "--import-cache", from);
      assertEquals(second.code, 0, second.text);
      const { steps } = new BuildLog(second.text);
      assertNotEquals(steps.length, 0);
      assertEquals(steps.filter(({ cached }) => !cached), []);
      assertEquals(await describeTree(`${lab.directory}/image`), files);
    }
  }));

test("exec: a gateway that the builder does not reach is said to be that", () =>
  withBuilder(async (lab, address, build) => {
    const cache = lab.s3.attributes("path", { name: "app" });
    const port = freePort();
    const nobody = `${address}:${port}`;
    const wrong = [
      // Where the namespace has a loopback of its own.
      { options: [], where: /at 127\.0\.0\.1:\d+/ },
      {
        options: ["--listen", "0.0.0.0:0", "--advertise", nobody],
        where: new RegExp(`at ${nobody}`),
      },
    ];
    for (const { options, where } of wrong) {
      // An import that fails is no failure of the build.
      const imported = await build(options, "--import-cache", cache);
      assertEquals(imported.code, 0, imported.text);
      assertMatch(imported.text, where);
      assertMatch(imported.text, /warning: the builder never reached .*, so no cache was used/);
      const exported = await build(options, "--export-cache", cache);
      assertEquals(exported.code, 1, exported.text);
      assertMatch(exported.text, where);
      assertMatch(exported.text, /never reached the gateway .*; if that is why it failed/);
      assertStringIncludes(exported.text, "--listen and --advertise say where it finds");
    }
  }));
