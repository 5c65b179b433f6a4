/** One build whose cache goes to both of BuildKit's backends, and what is checked with it. */
import { assert, assertEquals } from "../assert.ts";
import { describeGraph, describeManifest } from "./cache_graph.ts";
import { s3cache } from "./command.ts";
import { type BuildCase, writeContext } from "./context.ts";
import { describeTree } from "./file_tree.ts";
import type { Lab } from "./lab.ts";
import { readLocalCache } from "./local_cache.ts";
import type { UrlStyle } from "./versitygw.ts";

/** Where BuildKit put its S3 cache, and where we put ours. */
const THEIRS = "theirs/";
const OURS = "ours/";

/** A build, its two caches, and the image that it made. */
export class RoundTrip {
  readonly #lab: Lab;
  readonly #build: BuildCase;
  readonly #style: UrlStyle;
  readonly #local: string;
  readonly #steps: number;
  readonly #files: string[];

  private constructor(
    lab: Lab,
    build: BuildCase,
    style: UrlStyle,
    made: { local: string; steps: number; files: string[] },
  ) {
    this.#lab = lab;
    this.#build = build;
    this.#style = style;
    this.#local = made.local;
    this.#steps = made.steps;
    this.#files = made.files;
  }

  /** Builds with nothing in any cache, and exports the cache to a directory and to the bucket. */
  static async start(lab: Lab, build: BuildCase, style: UrlStyle): Promise<RoundTrip> {
    const { buildkit, directory, s3 } = lab;
    await writeContext(`${directory}/context`, build);
    const local = `${directory}/local`;
    const { steps } = await buildkit.build({
      dockerfile: build.name,
      platforms: build.platforms,
      context: `${directory}/context`,
      cacheTo: [
        `type=local,dest=${local},mode=max`,
        s3.attributes(style, { prefix: THEIRS, mode: "max" }),
      ],
      output: `${directory}/image`,
    });
    assertEquals(steps.filter(({ cached }) => cached), [], "the builder was not empty");
    const files = await describeTree(`${directory}/image`);
    return new RoundTrip(lab, build, style, { local, steps: steps.length, files });
  }

  /** Our export of BuildKit's local cache has to be what BuildKit itself sent to the bucket. */
  async checkExport(): Promise<void> {
    const { s3 } = this.#lab;
    const report = await s3cache(
      ["export", this.#local, "--cache-to", s3.attributes(this.#style, { prefix: OURS })],
      s3.proxyEnv,
    );
    const [ours, theirs] = await Promise.all(
      [OURS, THEIRS].map((prefix) => s3.read(`${prefix}manifests/buildkit`)),
    );
    this.#assertSame(ours!, theirs!);
    const blobs = await s3.list(`${OURS}blobs/`);
    assertEquals(blobs, await s3.list(`${THEIRS}blobs/`));
    assertEquals(report.blobs.transferred, blobs.size);
    assertEquals(report.bytes.transferred, sum(blobs.values()));
    await this.#assertCached(s3.attributes(this.#style, { prefix: OURS }));
  }

  /** Our import of BuildKit's S3 cache has to be what BuildKit itself wrote to the directory. */
  async checkImport(): Promise<void> {
    const { directory, s3 } = this.#lab;
    const imported = `${directory}/imported`;
    const report = await s3cache(
      ["import", imported, "--cache-from", s3.attributes(this.#style, { prefix: THEIRS })],
      s3.proxyEnv,
    );
    const [ours, theirs] = await Promise.all([imported, this.#local].map(readLocalCache));
    this.#assertSame(ours!.config, theirs!.config);
    assertEquals(describeManifest(ours!.manifest), describeManifest(theirs!.manifest));
    // S3 has the times in UTC only.
    if (!this.#build.platforms && this.#lab.timeZone === "UTC") {
      assertEquals(ours!.manifest, theirs!.manifest);
      assertEquals(ours!.digest, theirs!.digest);
    }
    assertEquals(report.blobs.transferred, (await s3.list(`${THEIRS}blobs/`)).size);
    await this.#assertCached(`type=local,src=${imported}`);
  }

  /** BuildKit's order is the same in both of its caches, but not where there are platforms. */
  #assertSame(ours: string, theirs: string): void {
    assertEquals(describeGraph(ours), describeGraph(theirs));
    if (!this.#build.platforms) assertEquals(ours, theirs);
  }

  /** A builder that has nothing but a cache takes every step from it, and makes the same image. */
  async #assertCached(cacheFrom: string): Promise<void> {
    const { buildkit, directory } = this.#lab;
    await buildkit.prune();
    const { steps } = await buildkit.build({
      dockerfile: this.#build.name,
      platforms: this.#build.platforms,
      context: `${directory}/context`,
      cacheFrom: [cacheFrom],
      output: `${directory}/image-again`,
    });
    assertEquals(steps.filter(({ cached }) => !cached), []);
    assertEquals(steps.length, this.#steps);
    assertEquals(await describeTree(`${directory}/image-again`), this.#files);
  }
}

/** Which URLs a style stands for, as the server saw them. */
export async function assertUrlStyle(lab: Lab, style: UrlStyle): Promise<void> {
  const targets = await lab.s3.requestTargets();
  assert(targets.length > 0, "the server was not asked");
  const paths = targets.map((target) => target.replace(/^http:\/\/127\.0\.0\.1:\d+/, ""));
  const start = style === "path" ? "/cache" : "http://cache.s3.test/";
  assertEquals(paths.filter((target) => !target.startsWith(start)), []);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
