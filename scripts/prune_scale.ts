/**
 * Prunes a bucket with 1,000,000 blobs and 2,000 manifests on the embedded S3, and prints how long
 * it took and how much memory it needed. What it prints is quoted in docs/operations.md.
 *
 * deno run -A scripts/prune_scale.ts [BLOBS [MANIFESTS]]
 *
 * @module
 */
import { parseAttributes, pruneCaches } from "../mod.ts";
import { createS3Server } from "../src/devserver/mod.ts";
import { inProcessFetch } from "../tests/servers/in_process.ts";
import { largeStorage } from "../tests/manage/large_bucket.ts";

const [blobs = 1_000_000, manifests = 2_000] = Deno.args.map(Number);
const server = createS3Server({
  credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  storage: await largeStorage({
    blobs,
    manifests,
    lastModified: Date.now() - 30 * 86_400_000,
  }),
});
const options = parseAttributes(
  "type=s3,bucket=cache,region=us-east-1,endpoint_url=http://s3.test,use_path_style=true," +
    "access_key_id=AKIA,secret_access_key=secret",
  { direction: "import" },
);
let peak = 0;
const timer = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 50);
const before = Deno.memoryUsage().rss;
for (const twoPhase of [true, false]) {
  peak = 0;
  const { blobs, caches, requests, seconds } = await pruneCaches(options, {
    fetch: inProcessFetch((request) => server.fetch(request)),
    dryRun: false,
    twoPhase,
  });
  console.log({
    twoPhase,
    caches: caches.total,
    blobs: blobs.total.count,
    waiting: blobs.waiting.count,
    deleted: blobs.deleted.count,
    requests,
    seconds: Math.round(seconds),
    megabytesBefore: Math.round(before / 1e6),
    peakMegabytes: Math.round(peak / 1e6),
  });
}
clearInterval(timer);
