import {
  type CacheProblem,
  digestOf,
  exportCache,
  parseCacheConfig,
  verifyCache,
  type VerifyReport,
} from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture, localFixture, testBucket } from "../transfer/bucket.ts";

async function filledBucket() {
  const bucket = testBucket();
  for (const name of ["web-max", "mount-max"]) {
    await exportCache(localFixture(name), bucket.options({ names: [name] }), bucket);
  }
  bucket.requests.length = 0;
  return bucket;
}

const kinds = ({ problems }: VerifyReport) =>
  problems.map(({ kind, name, digest }) => [kind, name, digest]);
const blobsOf = (name: string) => localFixture(name).config.layers.map(({ blob }) => blob);

/** Two blobs that only one of the caches has. */
const [one, other] = blobsOf("web-max").filter((blob) => !blobsOf("mount-max").includes(blob)) as [
  string,
  string,
];

test("caches as BuildKit wrote them are sound, read or not", async () => {
  const bucket = await filledBucket();
  const quick = await verifyCache(bucket.options(), bucket);
  assertEquals(quick.problems, []);
  const blobs = new Set([...blobsOf("web-max"), ...blobsOf("mount-max")]);
  assertEquals([quick.manifests, quick.blobs], [2, blobs.size]);
  // Two listings and the manifests: no request for a blob.
  assertEquals([quick.requests.LIST, quick.requests.GET, quick.requests.HEAD], [2, 2, 0]);
  const deep = await verifyCache(bucket.options(), { ...bucket, deep: true });
  assertEquals(deep.problems, []);
  assertEquals(deep.requests.GET, 2 + blobs.size);
});

test("a deep verification unpacks zstd, uncompressed and gzip layers", async () => {
  for (const name of ["zstd-max", "index-max", "link-max", "plat-max"]) {
    const bucket = testBucket();
    for (const [key, bytes] of Object.entries(bucketFixture(name))) {
      await bucket.client.put(key, bytes as Uint8Array<ArrayBuffer>);
    }
    const local = localFixture(name);
    await exportCache(local, bucket.options({ names: ["local"] }), bucket);
    const report = await verifyCache(bucket.options(), { ...bucket, deep: true });
    assertEquals([name, report.problems], [name, []]);
  }
});

test("a lost blob, one of another size and one in an archive are found by the listing", async () => {
  const bucket = await filledBucket();
  const archived = blobsOf("web-max").findLast((blob) => blob !== one && blob !== other)!;
  const bytes = await (await bucket.client.get(`blobs/${archived}`)).bytes();
  await bucket.client.put(`blobs/${archived}`, bytes, { storageClass: "GLACIER" });
  await bucket.client.delete(`blobs/${one}`);
  await bucket.client.put(`blobs/${other}`, "cut");
  const report = await verifyCache(bucket.options(), bucket);
  const expected = ["web-max", "mount-max"].flatMap((name) =>
    [[one, "missing"], [other, "size"], [archived, "archived"]]
      .filter(([blob]) => blobsOf(name).includes(blob!))
      .map(([blob, kind]) => `${kind} ${name} ${blob}`)
  );
  // Lists, not sets: the comparison of sets needs a method that Node 20 does not have.
  const found = new Set(kinds(report).map((problem) => problem.join(" ")));
  assertEquals([...found].sort(), [...new Set(expected)].sort());
});

test("a blob that came after the listing is not missed", async () => {
  const bucket = await filledBucket();
  const bytes = await (await bucket.client.get(`blobs/${one}`)).bytes();
  await bucket.client.delete(`blobs/${one}`);
  let listed = 0;
  let put: Promise<unknown> | undefined;
  const report = await verifyCache(bucket.options(), {
    ...bucket,
    fetch: async (...request) => {
      await put;
      return await bucket.fetch(...request);
    },
    onProgress: (event) => {
      if (event.type === "listed" && listed++ === 0) put = bucket.client.put(`blobs/${one}`, bytes);
    },
  });
  assertEquals([listed, report.problems], [1, []]);
});

test("only a deep verification sees bytes that are wrong in the right size", async () => {
  const bucket = await filledBucket();
  const { size } = (await bucket.client.head(`blobs/${one}`))!;
  await bucket.client.put(`blobs/${one}`, new Uint8Array(size));
  assertEquals((await verifyCache(bucket.options(), bucket)).problems, []);
  const deep = await verifyCache(bucket.options(), { ...bucket, deep: true });
  assertEquals(kinds(deep), [["digest", "web-max", one]]);
  assertStringIncludes(deep.problems[0]!.message, await digestOf(new Uint8Array(size)));
});

test("a manifest with a false diffID is told from a damaged blob", async () => {
  const bucket = await filledBucket();
  const manifest = await (await bucket.client.get("manifests/web-max")).text();
  const { diffID } = parseCacheConfig(manifest).layers.find(({ blob }) => blob === one)!
    .annotations!;
  await bucket.client.put(
    "manifests/web-max",
    manifest.replaceAll(diffID, "sha256:" + "0".repeat(64)),
  );
  const deep = await verifyCache(bucket.options(), { ...bucket, deep: true });
  const false_ = deep.problems.filter((problem: CacheProblem) => problem.digest === one);
  assertEquals(false_.map(({ kind, name }) => [kind, name]), [["diff-id", "web-max"]]);
});

test("a manifest that cannot be read is a problem, and the others are checked", async () => {
  const bucket = await filledBucket();
  await bucket.client.put("manifests/broken", '{"layers":[{"blob":"sha256:no"}]}');
  await bucket.client.delete(`blobs/${one}`);
  const report = await verifyCache(bucket.options(), bucket);
  assertEquals(report.manifests, 3);
  assertEquals(kinds(report), [["manifest", "broken", undefined], ["missing", "web-max", one]]);
  assertStringIncludes(report.problems[0]!.message, "sha256:no");
});

test("a signal ends a verification", async () => {
  const bucket = await filledBucket();
  const abort = new AbortController();
  bucket.intercept = ({ url }) => {
    if (url.includes("/blobs/sha256")) abort.abort(new Error("enough"));
    return undefined;
  };
  await assertRejects(
    () => verifyCache(bucket.options(), { ...bucket, deep: true, signal: abort.signal }),
    Error,
    "enough",
  );
  assert(bucket.requests.every(({ method }) => method === "GET"));
});
