/** `docker buildx` itself, by way of `s3cache exec`. */
import type { Captured } from "../../scripts/process.ts";
import { assert, assertEquals, assertMatch, assertNotEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { BuildLog } from "./build_log.ts";
import { BUILDER, Buildx } from "./buildx.ts";
import { writeContext } from "./context.ts";
import { describeTree } from "./file_tree.ts";
import { Lab } from "./lab.ts";

const DOCKERFILES = new URL("dockerfiles", import.meta.url).pathname;

/** A bake file with a cache of its own, which is not to be used. */
const BAKE = `target "app" {
  context = "context"
  dockerfile = "stages.Dockerfile"
  cache-to = ["type=local,dest=unwanted"]
}
`;

/** Builds of one context with one builder, by different ways. */
class Builds {
  readonly lab: Lab;
  readonly buildx: Buildx;
  readonly context: string;
  #outputs = 0;

  constructor(lab: Lab, buildx: Buildx) {
    this.lab = lab;
    this.buildx = buildx;
    this.context = `${lab.directory}/context`;
  }

  /** `docker buildx build`, by way of the gateway. */
  async exec(flags: string[]) {
    const output = this.#nextOutput();
    return await this.#result(await this.buildx.exec(this.#build(flags, output)), output);
  }

  /** The same without it: then the builder speaks to S3 itself. */
  async docker(flags: string[]) {
    const output = this.#nextOutput();
    return await this.#result(await this.buildx.docker(this.#build(flags, output)), output);
  }

  /** `docker buildx bake`, by way of the gateway. */
  async bake(sets: string[]) {
    const output = this.#nextOutput();
    const run = await this.buildx.exec([
      ...["buildx", "bake", "--builder", BUILDER, "--progress=rawjson"],
      ...["--file", "docker-bake.hcl"],
      ...["--set", `app.output=type=local,dest=${output}`],
      ...sets,
      "app",
    ]);
    return await this.#result(run, output);
  }

  /** `buildctl build`, with BuildKit's own `type=s3`. */
  async direct(caches: { cacheTo?: string[]; cacheFrom?: string[] }) {
    const output = this.#nextOutput();
    const build = { dockerfile: "stages", context: this.context, ...caches, output };
    const { steps } = await this.lab.buildkit.build(build);
    return { steps, files: await describeTree(output) };
  }

  #build(flags: string[], output: string): string[] {
    return [
      ...["buildx", "build", "--builder", BUILDER, "--progress=rawjson"],
      ...["--file", `${DOCKERFILES}/stages.Dockerfile`],
      ...["--output", `type=local,dest=${output}`],
      ...flags,
      this.context,
    ];
  }

  async #result<T extends Captured>(run: T, output: string) {
    assertEquals(run.code, 0, run.text);
    return { ...run, steps: new BuildLog(run.text).steps, files: await describeTree(output) };
  }

  #nextOutput(): string {
    return `${this.lab.directory}/image-${++this.#outputs}`;
  }
}

type Built = Pick<Awaited<ReturnType<Builds["direct"]>>, "steps" | "files">;

/** Nothing came from a cache, which makes the others comparable to it. */
function assertBuilt({ steps }: Built): void {
  assertNotEquals(steps.length, 0);
  assertEquals(steps.filter(({ cached }) => cached), [], "the builder was not empty");
}

/** Every step came from the cache, and made the same image. */
function assertCached({ steps, files }: Built, first: Built): void {
  assertEquals(steps.filter(({ cached }) => !cached), []);
  assertEquals(steps.length, first.steps.length);
  assertEquals(files, first.files);
}

/** Runs a test with a builder that docker buildx knows. */
async function withBuilds(fn: (builds: Builds, lab: Lab) => Promise<void>): Promise<void> {
  await using lab = await Lab.start();
  const builds = new Builds(lab, await Buildx.start(lab));
  await writeContext(builds.context, { name: "stages" });
  await fn(builds, lab);
}

test("docker buildx build: its flags lead to the gateway, and the cache is BuildKit's own", () =>
  withBuilds(async (builds, { s3, buildkit }) => {
    const to = s3.attributes("path", { name: "app", mode: "max" });
    const from = s3.attributes("path", { name: "app" });
    const first = await builds.exec(["--cache-to", to, "--cache-from", from]);
    assertBuilt(first);
    const flag = first.seen.indexOf("--cache-to") + 1;
    assertMatch(
      first.seen[flag]!,
      /^type=registry,ref=127\.0\.0\.1:\d+\/[0-9a-f]{32}\/0:latest,mode=max$/,
    );
    assertMatch(first.text, /s3cache: .* written, \d+ requests/);

    await buildkit.prune();
    const second = await builds.exec([`--cache-to=${to}`, `--cache-from=${from}`]);
    assertCached(second, first);
    assertMatch(second.text, /s3cache: [1-9]\d* hits, /);

    await buildkit.prune();
    assertCached(await builds.direct({ cacheFrom: [from] }), first);
    await buildkit.prune();
    assertCached(await builds.docker(["--cache-from", from]), first);
  }));

test("docker buildx build: a cache that BuildKit wrote by type=s3 is used", () =>
  withBuilds(async (builds, { s3, buildkit }) => {
    const first = await builds.direct({
      cacheTo: [s3.attributes("path", { name: "written", mode: "max" })],
    });
    assertBuilt(first);
    await buildkit.prune();
    const from = s3.attributes("path", { name: "absent;written" });
    assertCached(await builds.exec(["--cache-from", from]), first);
  }));

test("docker buildx build: several caches at once, of several names and buckets", () =>
  withBuilds(async (builds, { s3, buildkit }) => {
    await s3.addBucket("second");
    const first = await builds.exec([
      ...["--cache-to", s3.attributes("path", { name: "a;b", mode: "max" })],
      `--cache-to=${s3.attributes("path", { name: "c", bucket: "second", mode: "max" })}`,
      // Not of S3: it stays what it is.
      ...["--cache-to", "type=local,dest=local-cache"],
    ]);
    assertBuilt(first);
    assertEquals(first.seen.filter((argument) => argument.includes("type=registry,")).length, 3);
    assert(first.seen.includes("type=local,dest=local-cache"));
    await Deno.stat(`${builds.lab.directory}/local-cache/index.json`);
    const manifest = await s3.read("manifests/a");
    assertEquals(await s3.read("manifests/b"), manifest);
    assertEquals(await s3.read("manifests/c", "second"), manifest);
    const ours = s3.attributes("path", { name: "b" });
    const elsewhere = s3.attributes("path", { name: "c", bucket: "second" });
    for (const cache of [ours, elsewhere]) {
      await buildkit.prune();
      assertCached(await builds.direct({ cacheFrom: [cache] }), first);
    }
    await buildkit.prune();
    const absent = s3.attributes("path", { name: "absent" });
    const flags = ["--cache-from", absent, `--cache-from=${elsewhere}`];
    assertCached(await builds.exec(flags), first);
  }));

test("docker buildx bake: --set takes the place of what the bake file says", () =>
  withBuilds(async (builds, { directory, s3, buildkit }) => {
    await Deno.copyFile(
      `${DOCKERFILES}/stages.Dockerfile`,
      `${builds.context}/stages.Dockerfile`,
    );
    await Deno.writeTextFile(`${directory}/docker-bake.hcl`, BAKE);
    const attributes = (name: string) => s3.attributes("path", { name, mode: "max" });
    const first = await builds.bake([
      ...["--set", `*.cache-to=${attributes("one")}`],
      `--set=app.cache-to=${attributes("two;three")}`,
    ]);
    assertBuilt(first);
    const manifest = await s3.read("manifests/one");
    for (const name of ["two", "three"]) assertEquals(await s3.read(`manifests/${name}`), manifest);
    const written = await Array.fromAsync(Deno.readDir(directory));
    assertEquals(written.filter(({ name }) => name === "unwanted"), []);

    await buildkit.prune();
    const cacheFrom = ["--set", `app.cache-from=${s3.attributes("path", { name: "absent;one" })}`];
    assertCached(await builds.bake([...cacheFrom, "--set", "*.cache-to="]), first);
    await buildkit.prune();
    const two = s3.attributes("path", { name: "two" });
    assertCached(await builds.direct({ cacheFrom: [two] }), first);
  }));

test("docker buildx build: a failure is the failure of exec, with its words", () =>
  withBuilds(async ({ buildx, context, lab }) => {
    await Deno.writeTextFile(
      `${context}/Dockerfile`,
      'FROM scratch\nCOPY busybox /bin/sh\nRUN echo "no such $((41 + 1))" && exit 7\n',
    );
    const to = lab.s3.attributes("path", { name: "app" });
    const build = ["buildx", "build", "--builder", BUILDER, "--progress=plain"];
    const failed = await buildx.exec([...build, "--cache-to", to, context]);
    assertMatch(failed.text, /no such 42/);
    assertMatch(failed.text, /exit code: 7/);
    // It failed before it wanted the cache.
    assertMatch(failed.text, /never reached the gateway .* if that is why it failed/);
    const direct = await buildx.docker([...build, context]);
    assertEquals([failed.code, direct.code], [1, 1]);
    // Docker has another status for what it does not understand.
    const wrong = ["buildx", "bulid", "--cache-to"];
    assertEquals((await buildx.exec([...wrong, to])).code, (await buildx.docker(wrong)).code);
  }));
