/**
 * The main job in one run: a cache that a real BuildKit wrote goes into an embedded S3 and back.
 *
 * @module
 */
import {
  exportCache,
  importCache,
  openLocalCache,
  parseAttributes,
  writeLocalCache,
} from "../mod.ts";
import { S3Client } from "../s3.ts";
import { createS3Server } from "../src/devserver/mod.ts";
import { listen } from "../src/runtime/listen.ts";

const credentials = { accessKeyId: "demo", secretAccessKey: "demo-secret" };
const server = await listen(createS3Server({ credentials, buckets: ["cache"] }).fetch);
const attributes = `type=s3,region=us-east-1,bucket=cache,name=app,endpoint_url=${server.url},` +
  "use_path_style=true,access_key_id=demo,secret_access_key=demo-secret";
const from = new URL("../tests/fixtures/web-max/", import.meta.url).pathname;
const to = await Deno.makeTempDir({ prefix: "s3cache-demo-" });

console.log(`An S3 listens at ${server.url}.\n`);

console.log("1. Export a local cache that BuildKit wrote:");
const local = await openLocalCache(`${from}local`);
const exported = await exportCache(local, parseAttributes(attributes, { direction: "export" }));
console.log(`   ${exported.layers} layers, ${exported.blobs.transferred} blobs uploaded,`);
console.log(`   ${exported.bytes.transferred} bytes in ${exported.requests.PUT} PUTs\n`);

console.log("2. What is in the bucket now, beside what BuildKit's own S3 exporter wrote:");
const client = new S3Client({
  bucket: "cache",
  region: "us-east-1",
  endpoint: server.url,
  pathStyle: true,
  credentials,
});
let same = true;
for await (const { key, size } of client.list()) {
  const ours = await (await client.get(key)).bytes();
  const theirs = await Deno.readFile(`${from}s3/${key}`).catch(() => new Uint8Array());
  const equal = equals(ours, theirs);
  same &&= equal;
  console.log(`   ${equal ? "=" : "!"} ${String(size).padStart(5)} ${key}`);
}

console.log("\n3. Import it into a new directory:");
const cache = await importCache(parseAttributes(attributes, { direction: "import" }));
const imported = await writeLocalCache(to, cache);
console.log(`   ${imported.blobs.transferred} blobs downloaded and verified`);
console.log(`   image manifest ${imported.digest}\n`);

same &&= imported.digest === local.manifestDigest &&
  equals(await Deno.readFile(`${to}/index.json`), await Deno.readFile(`${from}local/index.json`));
console.log(same ? "Both sides agree with BuildKit, byte for byte." : "The two sides DIFFER.");

await server.close();
await Deno.remove(to, { recursive: true });
if (!same) Deno.exit(1);

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
