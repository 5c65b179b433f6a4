/**
 * Others at work while the pruner runs: each of their steps is tried before each of its requests,
 * in all combinations. What docs/operations.md says of the window that remains is what is found.
 */
import type { PruneOptions, PruneReport } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { H, hasBlob, interleaved, pruneLab, putBlob } from "./prune_lab.ts";

type Lab = ReturnType<typeof pruneLab>;

/** One way in which things went. */
interface Run {
  lab: Lab;
  report: PruneReport;
  /** Before which request of the pruner each step was taken. */
  at: number[];
  /** All requests of the pruner. */
  requests: string[];
}

/** A scene: what was before, and what somebody does meanwhile. */
interface Scene {
  prepare(lab: Lab): Promise<void>;
  /** Steps that are taken in this order. */
  steps: ((lab: Lab) => Promise<void>)[];
  options?: PruneOptions;
}

async function play({ prepare, steps, options }: Scene, at: number[]): Promise<Run> {
  const lab = pruneLab();
  await prepare(lab);
  const actions = new Map<number, () => Promise<void>>();
  steps.forEach((step, i) => {
    const before = actions.get(at[i]!);
    actions.set(at[i]!, async () => {
      await before?.();
      await step(lab);
    });
  });
  const { fetch, requests } = interleaved(lab.fetch, actions);
  const report = await lab.prune({ ...options, fetch });
  for (const [number, action] of actions) if (number >= requests.length) await action();
  return { lab, report, at, requests };
}

/** Plays a scene in every order. */
async function playAll(scene: Scene, check: (run: Run) => Promise<void>): Promise<void> {
  // The steps may lead to more requests of the pruner; past the last of them is "afterwards".
  const { requests } = await play({ ...scene, steps: [] }, []);
  const end = requests.length + 2;
  const orders = scene.steps.reduce<number[][]>(
    (orders) =>
      orders.flatMap((order) =>
        Array.from(
          { length: end - (order.at(-1) ?? 0) },
          (_, i) => [...order, i + (order.at(-1) ?? 0)],
        )
      ),
    [[]],
  );
  assert(orders.length >= end);
  for (const at of orders) await check(await play(scene, at));
}

const isDeletion = (request: string) => request.startsWith("POST");
const lastListing = (requests: string[]) => requests.lastIndexOf("GET /cache");

/** A cache, and a blob that nobody has used for three days. */
async function oldBlob(lab: Lab): Promise<void> {
  await putBlob(lab.client, "x");
  await lab.export("app", ["a"]);
  lab.advance(72);
}

test("an export that takes up an old blob loses it only in the window, and is reported", async () => {
  let lost = 0;
  await playAll({
    prepare: oldBlob,
    steps: [(lab) => lab.sendBlobs(["x"]), (lab) => lab.sendManifest("new", ["x"])],
  }, async ({ lab, report, at: [sent, written], requests }) => {
    const deletion = requests.findIndex(isDeletion);
    const isLost = !await hasBlob(lab.client, "x");
    // The touch came after the blob was looked at for the last time, and before it was deleted.
    assertEquals(isLost, sent === deletion, `${[sent, written]} of ${requests.join("\n")}`);
    if (isLost) lost++;
    const isReported = report.damaged.some(({ key }) => key === "manifests/new");
    assertEquals(isReported, isLost && written! <= lastListing(requests));
  });
  assert(lost > 0, "the window is there, and the test reaches it");
});

test("a touch is seen up to the last look at the blob", async () => {
  await playAll({
    prepare: oldBlob,
    steps: [(lab) => lab.sendBlobs(["x"])],
  }, async ({ lab, report, at: [touched], requests }) => {
    const look = requests.findIndex((request) => request.startsWith("HEAD /cache/blobs/"));
    if (touched! > look) return;
    assertEquals(report.blobs.deleted.count, 0);
    assert(await hasBlob(lab.client, "x"));
  });
});

test("an export that began long before, and takes no longer than is allowed, loses nothing", async () => {
  // The blob was a day old when the export found it, and needed no touch; the manifest came 23 hours
  // later: this is the oldest blob that may be in use, and just within the grace period.
  await playAll({
    prepare: async (lab) => {
      await lab.export("app", ["a"]);
      await putBlob(lab.client, "x");
      lab.advance(24);
      await lab.sendBlobs(["x"]);
      lab.advance(23);
    },
    steps: [(lab) => lab.sendManifest("slow", ["x"])],
  }, async ({ lab, report }) => {
    assert(await hasBlob(lab.client, "x"));
    assertEquals([report.blobs.deleted.count, report.damaged], [0, []]);
  });
});

test("an export that takes longer is saved if its manifest comes before the batch, else reported", async () => {
  await playAll({
    prepare: async (lab) => {
      await lab.export("app", ["a"]);
      await putBlob(lab.client, "x");
      lab.advance(24);
      await lab.sendBlobs(["x"]);
      lab.advance(30);
    },
    steps: [(lab) => lab.sendManifest("slow", ["x"])],
  }, async ({ lab, report, at: [written], requests }) => {
    const look = requests.findIndex((request) => request.startsWith("HEAD /cache/blobs/"));
    const reread = requests.lastIndexOf("GET /cache", look);
    const saved = look === -1 || written! <= reread;
    assertEquals(await hasBlob(lab.client, "x"), saved);
    assertEquals(report.damaged.length > 0, !saved && written! <= lastListing(requests));
  });
});

test("a cache that changes while it is pruned keeps what it has and what it had", async () => {
  await playAll({
    prepare: async (lab) => {
      await lab.export("app", ["a", "b"]);
      lab.advance(72);
      await putBlob(lab.client, "c");
    },
    // Without a touch of b: the worst that an export can do.
    steps: [(lab) => lab.sendManifest("app", ["b", "c"]), (lab) => lab.sendManifest("app", ["c"])],
  }, async ({ lab, at: [changed], requests }) => {
    const read = requests.findIndex((request) => request === "GET /cache/manifests/app");
    assert(await hasBlob(lab.client, "c"));
    // Read before it changed, or while it still held b.
    if (changed! > read) assert(await hasBlob(lab.client, "b"));
  });
});

test("a cache that is written while it retires stays, with its blobs", async () => {
  await playAll({
    prepare: async (lab) => {
      await lab.export("app", ["a"]);
      await lab.export("pr-1", ["x"]);
      lab.advance(400);
    },
    steps: [(lab) => lab.export("pr-1", ["x"])],
    options: { rules: [{ pattern: "pr-*", maxAgeMs: 14 * 24 * H }] },
  }, async ({ lab, report, at: [written], requests }) => {
    const retired = requests.indexOf("DELETE /cache/manifests/pr-1");
    const deletion = requests.findIndex(isDeletion);
    // Two windows: between the look at the manifest and its deletion, and the one of the blobs.
    if (written !== retired) assert(await lab.client.head("manifests/pr-1"));
    if (written !== retired && written !== deletion) {
      assertEquals([await hasBlob(lab.client, "x"), report.damaged], [true, []]);
    }
  });
});

test("with one phase an importer can lose what it has read of, with two it cannot", async () => {
  for (const twoPhase of [false, true]) {
    let failed = 0;
    const seen = new Map<Lab, boolean>();
    await playAll({
      prepare: async (lab) => {
        await lab.export("app", ["a"]);
        await lab.export("pr-1", ["x"]);
        lab.advance(400);
      },
      steps: [
        async (lab) => void seen.set(lab, await lab.client.head("manifests/pr-1") !== undefined),
        async (lab) => {
          if (seen.get(lab) && !await hasBlob(lab.client, "x")) failed++;
        },
      ],
      options: { rules: [{ pattern: "pr-*", maxAgeMs: 14 * 24 * H }], twoPhase },
    }, () => Promise.resolve());
    assertEquals(failed > 0, !twoPhase);
  }
});

test("two pruners at once do no more than one", async () => {
  const scene: Scene = {
    prepare: async (lab) => {
      for (const name of ["x", "y", "z"]) await putBlob(lab.client, name);
      await lab.export("app", ["a"]);
      lab.advance(72);
    },
    steps: [async (lab) => void await lab.prune()],
  };
  await playAll(scene, async ({ lab, report }) => {
    assertEquals(Object.keys(await lab.objects()).length, 2);
    assertEquals([report.failures, report.damaged], [[], []]);
  });
});
