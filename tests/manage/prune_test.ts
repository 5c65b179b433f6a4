import {
  digestOf,
  type ManageEvent,
  pruneCaches,
  PruneRefusedError,
  type PruneReport,
} from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { beginUpload, blobOf, H, hasBlob, manifestOf, pruneLab, putBlob } from "./prune_lab.ts";

const names = ({ caches }: PruneReport) => caches.deleted.map(({ name }) => name);
const counts = ({ blobs }: PruneReport) =>
  Object.fromEntries(Object.entries(blobs).map(([what, { count }]) => [what, count]));

test("what no manifest refers to goes when it is older than the grace period", async () => {
  const lab = pruneLab();
  await putBlob(lab.client, "old");
  await lab.export("app", ["a", "b"]);
  lab.advance(72);
  await putBlob(lab.client, "young");
  const report = await lab.prune();
  assertEquals(counts(report), {
    total: 4,
    referenced: 2,
    young: 1,
    waiting: 0,
    spared: 0,
    deleted: 1,
  });
  assertEquals(report.blobs.deleted.bytes, 3);
  assertEquals([report.caches.total, names(report)], [1, []]);
  assertEquals(Object.keys(await lab.objects()).length, 4);
  assert(!await hasBlob(lab.client, "old"));
});

test("a dry run is the default, changes nothing, and tells exactly what would be done", async () => {
  const lab = pruneLab();
  for (const i of Array(30).keys()) await putBlob(lab.client, `old ${i}`);
  await lab.export("pr-1", ["a", "b"]);
  lab.advance(400);
  await lab.export("app", ["b"]);
  const before = await lab.objects();
  const run = async (dryRun?: boolean) => {
    const events: ManageEvent[] = [];
    const report = await pruneCaches(lab.options(), {
      ...lab.settings,
      ...(dryRun !== undefined && { dryRun }),
      rules: [{ pattern: "pr-*", maxAgeMs: 14 * 24 * H }],
      onProgress: (event) => event.type === "delete" && events.push(event),
    });
    return { report, events };
  };
  lab.requests.length = 0;
  const dry = await run();
  assertEquals(dry.report.dryRun, true);
  assert(lab.requests.every(({ method }) => method === "GET" || method === "HEAD"));
  assertEquals(await lab.objects(), before);
  const wet = await run(false);
  assertEquals(wet.events, dry.events);
  assertEquals(wet.events.length, 32);
  assertEquals({ ...wet.report.blobs }, dry.report.blobs);
  assertEquals(names(wet.report), ["pr-1"]);
  assertEquals(Object.keys(await lab.objects()).length, 2);
});

test("only keys that are exactly a blob's are ever deleted", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  const digest = "sha256:" + "5".repeat(64);
  const others = [
    `blobs/${digest}.bak`,
    `blobs/${digest}/part`,
    `blobs/${digest.toUpperCase()}`,
    `blobs/${digest.slice(0, -1)}`,
    `blobs/readme`,
    `blobs/sub/${digest}`,
    `elsewhere/${digest}`,
    digest,
    `blobs/sha512:${"5".repeat(128)}`,
    ".s3cache/registry/tags/app:1",
    ".s3cache/registry/referrers/x/y",
  ];
  for (const key of others) await lab.client.put(key, "kept");
  await lab.client.put(`blobs/${digest}`, "not kept");
  lab.advance(1000);
  const report = await lab.prune();
  assertEquals(report.blobs.deleted.count, 1);
  const keys = Object.keys(await lab.objects());
  assertEquals(others.filter((key) => !keys.includes(key)), []);
});

test("no manifest, or one that cannot be read: nothing is deleted", async () => {
  const lab = pruneLab();
  await putBlob(lab.client, "a");
  lab.advance(100);
  await assertRejects(() => lab.prune(), PruneRefusedError, "no manifest");
  await lab.export("app", ["b"]);
  await lab.client.put("manifests/broken", "{");
  await assertRejects(() => lab.prune(), PruneRefusedError, "manifests/broken");
  assert(await hasBlob(lab.client, "a"));
  await lab.client.delete("manifests/broken");
  lab.intercept = ({ url }) =>
    url.endsWith("manifests/app") ? new Response(null, { status: 403 }) : undefined;
  await assertRejects(() => lab.prune(), PruneRefusedError, "manifests/app");
  lab.intercept = undefined;
  assertEquals((await lab.prune()).blobs.deleted.count, 1);
});

test("a second manifest prefix over the same blobs has to be named", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await putBlob(lab.client, "b");
  await lab.client.put("other/deep/manifests/x/y", await manifestOf(["b"]));
  await lab.client.put("other/readme", "no manifest");
  lab.advance(100);
  await assertRejects(() => lab.prune(), PruneRefusedError, "other/deep/manifests/x/y");
  assert(await hasBlob(lab.client, "b"));
  const named = await lab.prune({ manifestPrefixes: ["other/deep/manifests/"] });
  assertEquals([named.blobs.referenced.count, named.caches.total], [2, 2]);
  // It is for whoever says so to know that these refer to other blobs.
  const ignored = await lab.prune({ ignorePrefixes: ["other/"] });
  assertEquals(ignored.blobs.deleted.count, 1);
});

test("policies never take caches below another prefix", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await lab.client.put("other/app", await manifestOf(["b"]));
  lab.advance(1000);
  const report = await lab.prune({
    manifestPrefixes: ["other/"],
    rules: [{ pattern: "**", keep: 0 }],
    maxBytes: 0,
  });
  assertEquals(names(report), ["app"]);
  assert(await lab.client.head("other/app"));
});

test("too much that nobody knows is refused as well", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  for (let i = 0; i <= 1000; i++) await lab.client.put(`artifacts/${i}`, "data");
  lab.advance(100);
  await assertRejects(() => lab.prune(), PruneRefusedError, "more than 1000 objects");
  await lab.prune({ ignorePrefixes: ["artifacts/"] });
});

test("the blobs of another cache beside are passed by in one request", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  for (let i = 0; i < 2100; i++) {
    await lab.client.put(`team/blobs/${await digestOf(String(i))}`, "");
  }
  await lab.client.put("team/blobs/zzz", await manifestOf(["a"]));
  lab.requests.length = 0;
  await assertRejects(() => lab.prune(), PruneRefusedError, "team/blobs/zzz");
  const pages = lab.requests.filter(({ url }) => url.includes("prefix=team%2Fblobs"));
  assertEquals(pages.length, 2);
});

test("what a gateway keeps holds its blobs: artefacts for good, caches while they are in use", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  const layers = async (...blobs: string[]) =>
    await Promise.all(blobs.map(async (name) => ({ digest: (await blobOf(name)).digest })));
  const keep = async (document: unknown) => {
    const text = JSON.stringify(document);
    await lab.client.put(`.s3cache/registry/manifests/${await digestOf(text)}`, text);
  };
  for (const name of ["image", "config", "cached", "fresh"]) await putBlob(lab.client, name);
  const cache = { mediaType: "application/vnd.buildkit.cacheconfig.v0" };
  const [config] = await layers("config");
  await keep({ schemaVersion: 2, config, layers: await layers("image") });
  await keep({ schemaVersion: 2, config: cache, layers: await layers("cached") });
  lab.advance(100);
  await keep({ schemaVersion: 2, config: cache, layers: await layers("fresh") });
  const report = await lab.prune();
  assertEquals([report.blobs.referenced.count, report.blobs.deleted.count], [4, 1]);
  assertEquals(report.gateway.count, 1);
  assert(!await hasBlob(lab.client, "cached"));
  // Nobody asked for it any more, and then the other one is left too.
  lab.advance(100);
  assertEquals((await lab.prune()).gateway.count, 1);
});

test("what a cache was pushed as stays as long as it is that cache", async () => {
  const lab = pruneLab();
  await putBlob(lab.client, "config");
  const { digest: config } = await blobOf("config");
  const mediaType = "application/vnd.buildkit.cacheconfig.v0";
  const text = JSON.stringify({ config: { mediaType, digest: config } });
  const digest = await digestOf(text);
  await lab.client.put(`.s3cache/registry/manifests/${digest}`, text);
  await lab.sendBlobs(["a"]);
  const metadata = { "s3cache-pushed": digest };
  await lab.client.put("manifests/app", await manifestOf(["a"]), { metadata });
  lab.advance(100);
  const pushed = await lab.prune();
  assertEquals([pushed.gateway.count, pushed.blobs.deleted.count], [0, 0]);
  // BuildKit writes the name, and the claim is gone.
  await lab.export("app", ["a"]);
  const written = await lab.prune();
  assertEquals([written.gateway.count, written.blobs.deleted.count], [1, 1]);
  assertEquals(await lab.client.head(`.s3cache/registry/manifests/${digest}`), undefined);
});

test("an image goes when every repository has deleted it, with what is about it", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  const registry = ".s3cache/registry/";
  const keep = async (document: unknown) => {
    const text = JSON.stringify(document);
    const digest = await digestOf(text);
    await lab.client.put(`${registry}manifests/${digest}`, text);
    return digest;
  };
  const state = (repository: string, digest: string, text: string) =>
    lab.client.put(`${registry}repositories/${repository}@${digest}`, text);
  const layers = async (name: string) => {
    await putBlob(lab.client, name);
    return { layers: [{ digest: (await blobOf(name)).digest }] };
  };
  const image = await keep({ schemaVersion: 2, ...await layers("image") });
  const child = await keep({ schemaVersion: 2, ...await layers("child") });
  const shared = await keep({ schemaVersion: 2, ...await layers("shared") });
  const index = await keep({ schemaVersion: 2, manifests: [{ digest: child }] });
  const signature = await keep({ schemaVersion: 2, subject: { digest: image } });
  const gone = "sha256:" + "0".repeat(64);
  for (const digest of [signature, gone]) {
    await lab.client.put(`${registry}referrers/${image}/${digest}`, "{}");
  }
  await state("a/b", image, "deleted");
  await state("c", image, "deleted");
  await state("a", child, "deleted");
  await state("a", shared, "deleted");
  await state("b", shared, "pushed");
  await state("a", index, "pushed");
  await state("a", signature, "pushed");
  lab.advance(47);
  assertEquals((await lab.prune()).gateway.count, 0);
  lab.advance(2);
  await state("d", image, "deleted");
  const report = await lab.prune();
  assertEquals(report.gateway.count, 1, "only the referrer that there never was");
  lab.advance(49);
  assertEquals((await lab.prune()).gateway.count, 4, "the image, and that three have deleted it");
  const has = async (name: string) => await hasBlob(lab.client, name);
  assertEquals([await has("image"), await has("child"), await has("shared")], [false, true, true]);
  const left = Object.keys(await lab.objects()).filter((key) => key.startsWith(registry));
  assertEquals(left.some((key) => key.endsWith(image)), false);
  assert(left.includes(`${registry}referrers/${image}/${signature}`));
  await state("a", index, "deleted");
  lab.advance(49);
  assertEquals((await lab.prune()).gateway.count, 4, "the index, its child, and two notes");
  assertEquals([await has("child"), await has("shared")], [false, true]);
});

test("an upload to a gateway goes when nothing of it has changed for long", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  const put = (name: string) => lab.client.put(`.s3cache/uploads/${name}`, "data");
  for (const name of ["1.session", "1.piece", "2.piece"]) await put(name);
  lab.advance(100);
  for (const name of ["2.session", "3.session"]) await put(name);
  const report = await lab.prune();
  assertEquals(report.gateway, { count: 2, bytes: 8 });
  const keys = Object.keys(await lab.objects()).filter((key) => key.includes("uploads"));
  assertEquals(keys.map((key) => key.slice(".s3cache/uploads/".length)), [
    "2.piece",
    "2.session",
    "3.session",
  ]);
});

test("stale multipart uploads of blobs are aborted, others are left alone", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  const { digest } = await blobOf("b");
  const others = ["blobs/readme", "elsewhere/x", `blobs/${digest}.bak`];
  for (const key of [...others, `blobs/${digest}`, ".s3cache/uploads/1/data"]) {
    await beginUpload(lab, key);
  }
  lab.advance(100);
  await beginUpload(lab, `blobs/${digest}`);
  const pending = async () => {
    const keys = [];
    for await (const { key } of lab.client.listMultipartUploads()) keys.push(key);
    return keys;
  };
  assertEquals((await lab.prune({ dryRun: true })).uploads, 2);
  assertEquals((await pending()).length, 6);
  assertEquals((await lab.prune()).uploads, 2);
  assertEquals(await pending(), [...others, `blobs/${digest}`].sort());
});

test("a server that cannot list uploads is no obstacle", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await putBlob(lab.client, "b");
  lab.advance(100);
  lab.intercept = ({ url }) =>
    url.includes("?uploads") ? new Response(null, { status: 405 }) : undefined;
  const warnings: string[] = [];
  const report = await lab.prune({
    onProgress: (event) => event.type === "warning" && warnings.push(event.message),
  });
  assertEquals([report.uploads, report.blobs.deleted.count, warnings.length], [0, 1, 2]);
});

test("a grace period that cannot be safe is refused", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await assertRejects(() => lab.prune({ graceMs: 24 * H }), RangeError, "at least 25 h");
  await assertRejects(() => lab.prune({ graceMs: NaN }), RangeError, "NaN");
  await lab.prune({ graceMs: 25 * H });
  await lab.prune({ graceMs: 0, unsafeGrace: true });
  const long = pruneCaches(lab.options({ touchRefreshMs: 72 * H }), lab.settings);
  const error = await assertRejects(() => long, RangeError);
  assertStringIncludes((error as Error).message, "at least 73 h");
});

test("a clock that runs ahead makes nothing old", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await putBlob(lab.client, "b");
  const warnings: string[] = [];
  const report = await lab.prune({
    clock: () => lab.clock() + 1000 * H,
    onProgress: (event) => event.type === "warning" && warnings.push(event.message),
  });
  assertEquals([report.blobs.young.count, report.blobs.deleted.count], [1, 0]);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0]!, "60000 minutes ahead");
});

test("what cannot be deleted is reported, and the rest goes", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await putBlob(lab.client, "b");
  await putBlob(lab.client, "c");
  lab.advance(100);
  const { digest } = await blobOf("b");
  lab.intercept = ({ method }) =>
    method === "POST"
      ? new Response(
        `<DeleteResult><Error><Key>blobs/${digest}</Key><Code>AccessDenied</Code>` +
          "<Message>no</Message></Error></DeleteResult>",
      )
      : undefined;
  const report = await lab.prune();
  assertEquals(report.failures.map(({ key, code }) => [key, code]), [
    [`blobs/${digest}`, "AccessDenied"],
  ]);
  assertEquals(report.blobs.deleted.count, 1);
});

test("a signal ends a prune before it deletes more", async () => {
  const lab = pruneLab();
  await lab.export("app", ["a"]);
  await putBlob(lab.client, "b");
  lab.advance(100);
  const abort = new AbortController();
  lab.intercept = ({ method }) => {
    if (method === "HEAD") abort.abort(new Error("enough"));
    return undefined;
  };
  await assertRejects(() => lab.prune({ signal: abort.signal }), Error, "enough");
  lab.intercept = undefined;
  assert(await hasBlob(lab.client, "b"));
});
