/** An embedded S3 and what fills it: the fixtures, in memory. */
import fixtures from "s3cache-fixtures";
import { type CacheOptions, type CacheSource, parseCacheConfig, S3Client } from "s3cache";
import { createS3Server, type S3ServerOptions } from "../../src/devserver/mod.ts";
import { parseCacheManifest } from "../../src/oci/image_manifest.ts";
import { annotateLayers } from "../../src/oci/layer_annotations.ts";
import { inProcessFetch } from "../servers/in_process.ts";

const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };

/** Sees a request before the server; a response of its own takes the server's place. */
export type Intercept = (request: Request) => Response | undefined;

/** A bucket on an embedded S3, on a clock that the test moves. */
export function testBucket(settings: S3ServerOptions = {}) {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = () => now;
  const server = createS3Server({ credentials, buckets: ["cache"], clock, ...settings });
  const bucket = {
    intercept: undefined as Intercept | undefined,
    requests: [] as Request[],
    fetch: inProcessFetch(async (request): Promise<Response> => {
      bucket.requests.push(request);
      return bucket.intercept?.(request) ?? await server.fetch(request);
    }),
    clock,
    sleep: () => Promise.resolve(),
    advance: (hours: number) => void (now += hours * 3600_000),
    options: (changes: Partial<CacheOptions> = {}): CacheOptions => ({ ...defaults, ...changes }),
  };
  const clientOptions = {
    bucket: "cache",
    region: "us-east-1",
    endpoint: "http://s3.test",
    pathStyle: true,
    credentials,
    fetch: bucket.fetch,
    clock,
  };
  const client = new S3Client(clientOptions);
  const objects = async () => {
    const all: Record<string, Uint8Array> = {};
    for await (const { key } of client.list()) all[key] = await (await client.get(key)).bytes();
    return all;
  };
  return Object.assign(bucket, { client, clientOptions, objects });
}

const defaults: CacheOptions = {
  type: "s3",
  bucket: "cache",
  region: "us-east-1",
  names: ["app"],
  endpointUrl: "http://s3.test",
  prefix: "",
  blobsPrefix: "blobs/",
  manifestsPrefix: "manifests/",
  usePathStyle: true,
  credentials,
  uploadParallelism: 4,
  touchRefreshMs: 24 * 3600_000,
  ignoreError: false,
  disableAcceptEncoding: false,
  merge: false,
  anonymous: false,
};

/** The bucket that BuildKit wrote: bytes by key. */
export function bucketFixture(name: string): Record<string, Uint8Array> {
  const prefix = `${name}/s3/`;
  return Object.fromEntries(
    Object.entries(fixtures).filter(([path]) => path.startsWith(prefix))
      .map(([path, bytes]) => [path.slice(prefix.length), bytes]),
  );
}

/** The local cache that BuildKit wrote, as the source of an export. */
export function localFixture(name: string): CacheSource {
  const blob = (digest: string) => {
    const bytes = fixtures[`${name}/local/blobs/sha256/${digest.slice("sha256:".length)}`];
    if (!bytes) throw new Error(`${name} has no blob ${digest}`);
    return bytes;
  };
  const index = JSON.parse(new TextDecoder().decode(fixtures[`${name}/local/index.json`]));
  const manifest = parseCacheManifest(blob(index.manifests[0].digest), name);
  const descriptors = new Map(manifest.layers.map((layer) => [layer.digest, layer]));
  const config = parseCacheConfig(blob(manifest.config.digest), { source: name });
  return {
    config: annotateLayers(config, descriptors),
    openBlob: (digest) => Promise.resolve(memoryBlob(blob(digest))),
  };
}

/** Bytes as a blob to read. */
export function memoryBlob(bytes: Uint8Array) {
  return {
    size: bytes.length,
    read: (offset: number, length: number) =>
      Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
    close: () => Promise.resolve(),
  };
}
