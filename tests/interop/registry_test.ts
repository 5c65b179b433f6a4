/** A real BuildKit whose `type=registry` caches are in S3, by way of the gateway. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "../assert.ts";
import { test } from "../harness.ts";
import { BuildLog } from "./build_log.ts";
import { Buildkit } from "./buildkit.ts";
import { describeGraph } from "./cache_graph.ts";
import { BUILD_CASES, type BuildCase, writeContext } from "./context.ts";
import { execBuildctl } from "./exec.ts";
import { describeTree } from "./file_tree.ts";
import { Gateway } from "./gateway.ts";
import { Lab } from "./lab.ts";

/** A build, and what a builder without any cache made of it. */
async function firstBuild(lab: Lab, { name, platforms }: BuildCase, cacheTo: string[]) {
  const { buildkit, directory } = lab;
  const build = { dockerfile: name, platforms, context: `${directory}/context` };
  await writeContext(build.context, { name });
  const { steps } = await buildkit.build({ ...build, cacheTo, output: `${directory}/image` });
  assertEquals(steps.filter(({ cached }) => cached), [], "the builder was not empty");
  const files = await describeTree(`${directory}/image`);
  /** A builder that has nothing but a cache takes every step from it. */
  const assertCached = async (cacheFrom: string) => {
    await buildkit.prune();
    const output = `${directory}/image-${crypto.randomUUID()}`;
    const again = await buildkit.build({ ...build, cacheFrom: [cacheFrom], output });
    assertEquals(again.steps.filter(({ cached }) => !cached), [], cacheFrom);
    assertEquals(again.steps.length, steps.length);
    assertEquals(await describeTree(output), files);
  };
  return { build, assertCached };
}

for (const build of BUILD_CASES) {
  test(`registry and S3 are one cache: ${build.name}`, async () => {
    await using lab = await Lab.start();
    await using gateway = await Gateway.start(lab);
    const pushed = gateway.attributes("pushed:v1");
    const { assertCached } = await firstBuild(lab, build, [
      `${pushed},mode=max`,
      lab.s3.attributes("path", { name: "written", mode: "max" }),
    ]);
    const ours = await lab.s3.read("manifests/pushed:v1");
    const theirs = await lab.s3.read("manifests/written");
    assertEquals(describeGraph(ours), describeGraph(theirs));
    if (!build.platforms) assertEquals(ours, theirs);
    await assertCached(pushed);
    await assertCached(lab.s3.attributes("path", { name: "pushed:v1" }));
    await assertCached(gateway.attributes("written"));
  });
}

for (
  const [form, attributes] of [
    ["mode=min", ",mode=min"],
    ["an index", ",mode=max,image-manifest=false"],
    ["docker's manifest list", ",mode=max,image-manifest=false,oci-mediatypes=false"],
    ["zstd", ",mode=max,compression=zstd,force-compression=true"],
    ["uncompressed", ",mode=max,compression=uncompressed,force-compression=true"],
  ] as const
) {
  test(`a registry's cache of another form: ${form}`, async () => {
    await using lab = await Lab.start();
    await using gateway = await Gateway.start(lab);
    const pushed = gateway.attributes("team/app");
    const { assertCached } = await firstBuild(lab, { name: "stages" }, [pushed + attributes]);
    await assertCached(pushed);
    await assertCached(lab.s3.attributes("path", { name: "team/app" }));
  });
}

test("an import is lazy: only the layers that a build needs travel", async () => {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab);
  const { buildkit } = lab;
  const pushed = gateway.attributes("app");
  const { build } = await firstBuild(lab, { name: "stages" }, [`${pushed},mode=max`]);
  await buildkit.prune();
  await gateway.requests();
  await buildkit.build({ ...build, cacheFrom: [pushed], output: `${lab.directory}/again` });
  const requests = await gateway.requests();
  const { config, layers } = JSON.parse(
    await (await fetch(`http://${gateway.host}/v2/app/manifests/latest`)).text(),
  ) as { config: { digest: string }; layers: { digest: string; size: number }[] };
  const fetched = new Set(
    requests.flatMap((request) => request.match(/^GET .*\/blobs\/(\S+) 200$/)?.[1] ?? []),
  );
  assert(fetched.has(config.digest), "the config travels");
  // The image has the data; busybox, which made it, is in no layer of it.
  const [largest] = layers.toSorted((a, b) => b.size - a.size);
  assert(!fetched.has(largest!.digest), "the layer of busybox does not");
  const distinct = new Set(layers.map(({ digest }) => digest));
  assert(fetched.size > 1 && fetched.size - 1 < distinct.size, [...fetched].join());
});

test("redirect: the bytes come from the bucket", async () => {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab, ["--redirect"]);
  const pushed = gateway.attributes("app");
  const { assertCached } = await firstBuild(lab, { name: "stages" }, [`${pushed},mode=max`]);
  await assertCached(pushed);
  const requests = await gateway.requests();
  assert(requests.some((request) => /^GET .*\/blobs\/.* 307$/.test(request)));
  assertEquals(requests.filter((request) => /^GET .*\/blobs\/.* 200$/.test(request)), []);
});

test("a second export pushes nothing that is there", async () => {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab);
  const cacheTo = [`${gateway.attributes("app")},mode=max`];
  const { build } = await firstBuild(lab, { name: "stages" }, cacheTo);
  await gateway.requests();
  await lab.buildkit.build({ ...build, cacheTo });
  const requests = await gateway.requests();
  assert(requests.some((request) => /^HEAD .*\/blobs\//.test(request)));
  assertEquals(requests.filter((request) => /^POST .*\/uploads\//.test(request)), []);
});

test("two builders at once, one by S3 and one by the gateway", async () => {
  await using lab = await Lab.start();
  await using gateway = await Gateway.start(lab);
  const other = `${lab.directory}/other`;
  await Deno.mkdir(other);
  await using second = await Buildkit.start(other);
  const context = `${lab.directory}/context`;
  await writeContext(context, { name: "stages" });
  const build = { dockerfile: "stages", context };
  const s3 = (name: string) => lab.s3.attributes("path", { name, mode: "max" });
  await Promise.all([
    lab.buildkit.build({ ...build, cacheTo: [s3("one"), s3("two")] }),
    second.build({
      ...build,
      cacheTo: [1, 2].map((i) => `${gateway.attributes(`app:${i}`)},mode=max`),
    }),
  ]);
  const output = `${lab.directory}/image`;
  for (const cacheFrom of [gateway.attributes("one"), gateway.attributes("app:2")]) {
    await second.prune();
    const { steps } = await second.build({ ...build, cacheFrom: [cacheFrom], output });
    assertEquals(steps.filter(({ cached }) => !cached), []);
  }
});

test("exec: buildctl's S3 flags, with a builder that is never told of S3", async () => {
  await using lab = await Lab.start();
  const { directory, s3, buildkit } = lab;
  const build = { dockerfile: "stages", context: `${directory}/context` };
  await writeContext(build.context, { name: "stages" });
  const buildctl = async (output: string, ...flags: string[]) => {
    const { code, text } = await execBuildctl(lab, { ...build, output, flags });
    assertEquals(code, 0, text);
    return text;
  };
  const to = s3.attributes("path", { name: "PR-1;main", mode: "max" });
  const first = await buildctl(`${directory}/first`, "--export-cache", to);
  assertMatch(first, /s3cache: .* written, \d+ requests/);
  await buildkit.prune();
  const from = s3.attributes("path", { name: "absent;PR-1" });
  const second = await buildctl(`${directory}/second`, `--import-cache=${from}`);
  const { steps } = new BuildLog(second);
  assertNotEquals(steps.length, 0);
  assertEquals(steps.filter(({ cached }) => !cached), []);
  assertStringIncludes(second, "hits");
  assertEquals(await describeTree(`${directory}/second`), await describeTree(`${directory}/first`));
  assertEquals(await s3.read("manifests/PR-1"), await s3.read("manifests/main"));
  await buildkit.prune();
  const { steps: direct } = await buildkit.build({
    ...build,
    cacheFrom: [s3.attributes("path", { name: "main" })],
    output: `${directory}/third`,
  });
  assertEquals(direct.filter(({ cached }) => !cached), []);
});
