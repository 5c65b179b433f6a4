import type { PruneOptions, PrunePolicy } from "s3cache";
import type { ListedManifest } from "../../src/manage/manifests.ts";
import { orderRetirements } from "../../src/manage/prune_policy.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { H, hasBlob, pruneLab, putBlob } from "./prune_lab.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");
const DAY = 24 * H;

/** Manifests by their age in days. */
function manifestsOf(ages: Record<string, number>): ListedManifest[] {
  return Object.entries(ages).map(([name, days]) => ({
    name,
    key: name,
    info: { key: name, size: 1, etag: name, lastModified: new Date(NOW - days * DAY) },
  }));
}

function split(ages: Record<string, number>, policy: PrunePolicy): string[] {
  const { order, expired, retirable } = orderRetirements(manifestsOf(ages), policy, NOW);
  const names = order.map(({ manifest }) => manifest.name);
  return [names.slice(0, expired), names.slice(expired, retirable), names.slice(retirable)]
    .map((part) => part.join(" "));
}

test("caches go by age, the oldest first; the others may go only for want of room", () => {
  const ages = { a: 1, b: 20, c: 14, d: 15 };
  const rules = [{ pattern: "**", maxAgeMs: 14 * DAY }];
  assertEquals(split(ages, { rules }), ["b d", "c a", ""]);
  assertEquals(split(ages, {}), ["", "b d c a", ""]);
});

test("the newest of a pattern stay whatever their age; without an age all others go", () => {
  const ages = { a: 100, b: 90, c: 80, d: 1 };
  const both = [{ pattern: "**", maxAgeMs: 14 * DAY, keep: 2 }];
  assertEquals(split(ages, { rules: both }), ["a b", "", "d c"]);
  assertEquals(split(ages, { rules: [{ pattern: "**", keep: 3 }] }), ["a", "", "d c b"]);
  assertEquals(split(ages, { rules: [{ pattern: "**", keep: 0 }] }), ["a b c d", "", ""]);
});

test("the first rule that matches counts, and what is kept by name is not counted", () => {
  const ages = { "pr-1": 5, "pr-2": 4, "pr-3": 3, "main": 100, "v1": 90, "v2": 80 };
  const policy: PrunePolicy = {
    rules: [{ pattern: "pr-*", keep: 1 }, { pattern: "**", maxAgeMs: 14 * DAY }],
    keepNames: ["main", "pr-3"],
  };
  assertEquals(split(ages, policy), ["v1 v2 pr-1", "", "pr-3 pr-2 main"]);
});

const rules = (...rules: NonNullable<PruneOptions["rules"]>) => ({ rules });

test("a cache that goes takes the blobs that only it holds", async () => {
  const lab = pruneLab();
  await lab.export("pr-1", ["shared", "own"]);
  await lab.export("main", ["shared"]);
  lab.advance(400);
  const report = await lab.prune({
    ...rules({ pattern: "**", maxAgeMs: 14 * DAY }),
    keepNames: ["main"],
  });
  assertEquals(report.caches, {
    total: 2,
    deleted: [{
      name: "pr-1",
      lastModified: new Date("2026-01-01T00:00:00Z"),
      reason: "written 400 h ago",
    }],
  });
  assertEquals([await hasBlob(lab.client, "shared"), await hasBlob(lab.client, "own")], [
    true,
    false,
  ]);
});

test("max-size: the least recently written go until the others fit, counting shared blobs once", async () => {
  const lab = pruneLab();
  // 10 bytes each.
  const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(10)) as [
    string,
    string,
    string,
    string,
    string,
  ];
  for (const [name, blobs] of [["1", [a, b]], ["2", [b, c]], ["3", [c, d]], ["4", [e]]] as const) {
    await lab.export(name, blobs);
    lab.advance(100);
  }
  const run = async (options: PruneOptions) => {
    const { caches, blobs, overBytes } = await lab.prune({ dryRun: true, ...options });
    return [caches.deleted.map(({ name }) => name).join(""), blobs.deleted.bytes, overBytes];
  };
  assertEquals(await run({ maxBytes: 50 }), ["", 0, undefined]);
  assertEquals(await run({ maxBytes: 49 }), ["1", 10, undefined]);
  assertEquals(await run({ maxBytes: 30 }), ["12", 20, undefined]);
  assertEquals(await run({ maxBytes: 29 }), ["123", 40, undefined]);
  assertEquals(await run({ maxBytes: 0 }), ["1234", 50, undefined]);
  // What is protected stays, and the report says that it is too much.
  assertEquals(await run({ maxBytes: 15, keepNames: ["1"] }), ["234", 30, 5]);
  assertEquals(await run({ maxBytes: 15, ...rules({ pattern: "**", keep: 2 }) }), ["12", 20, 15]);
});

test("what is in the bucket and unreferenced has no part in max-size", async () => {
  const lab = pruneLab();
  await putBlob(lab.client, "x".repeat(100));
  await lab.export("app", ["a"]);
  lab.advance(100);
  const { caches, blobs } = await lab.prune({ maxBytes: 1 });
  assertEquals([caches.deleted, blobs.deleted.bytes], [[], 100]);
});

test("two phases: found by one run, deleted by one after the grace period, if nothing has changed", async () => {
  const lab = pruneLab();
  for (const name of ["x", "y", "z"]) await putBlob(lab.client, name);
  await lab.export("app", ["a"]);
  lab.advance(72);
  const run = async () => {
    const { blobs } = await lab.prune({ twoPhase: true });
    return [blobs.waiting.count, blobs.deleted.count];
  };
  assertEquals((await lab.prune({ twoPhase: true, dryRun: true })).blobs.waiting.count, 3);
  assertEquals(await lab.client.head(".s3cache/prune/candidates"), undefined);
  assertEquals(await run(), [3, 0]);
  lab.advance(24);
  // y is touched, and left again.
  await lab.export("short", ["y"]);
  await lab.client.delete("manifests/short");
  assertEquals(await run(), [2, 0]);
  lab.advance(24);
  // z is in use when it would go.
  await lab.export("later", ["z"]);
  assertEquals(await run(), [0, 1]);
  assert(!await hasBlob(lab.client, "x"));
  lab.advance(25);
  assertEquals(await run(), [1, 0]);
  lab.advance(48);
  assertEquals(await run(), [0, 1]);
  assert(!await hasBlob(lab.client, "y") && await hasBlob(lab.client, "z"));
});

test("two phases: a list that is damaged makes everything wait, and nothing go", async () => {
  const lab = pruneLab();
  await putBlob(lab.client, "x");
  await lab.export("app", ["a"]);
  lab.advance(72);
  for (const text of ["\0\0", "sha256:x yesterday\n", "sha256:" + "1".repeat(64)]) {
    await lab.client.put(".s3cache/prune/candidates", text);
    const { blobs } = await lab.prune({ twoPhase: true });
    assertEquals([blobs.waiting.count, blobs.deleted.count], [1, 0]);
  }
});
