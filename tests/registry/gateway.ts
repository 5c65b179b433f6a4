/** A registry over an embedded S3, and the calls of its clients. */
import { createRegistry, digestOf, type RegistryOptions } from "s3cache";
import type { S3ServerOptions } from "../../src/devserver/mod.ts";
import fixtures from "s3cache-fixtures";
import { inProcessFetch } from "../servers/in_process.ts";
import { testBucket } from "../transfer/bucket.ts";

/** What a test changes of the registry. */
export type GatewayChanges = Partial<RegistryOptions> & { server?: S3ServerOptions };

/** A registry, and the bucket behind it. */
export function testGateway({ server, ...changes }: GatewayChanges = {}) {
  const bucket = testBucket(server);
  const warnings: string[] = [];
  /** Another process: it shares nothing with the first but the bucket. */
  const open = (more: Partial<RegistryOptions> = {}) => {
    const { fetch, clock, sleep } = bucket;
    const registry = createRegistry({
      cache: bucket.options(),
      fetch,
      clock,
      sleep,
      onWarning: (message) => void warnings.push(message),
      ...changes,
      ...more,
    });
    const send = inProcessFetch(registry);
    return (method: string, path: string, init: RequestInit & { duplex?: "half" } = {}) =>
      send(`http://gateway.test${path}`, { method, ...init });
  };
  const call = open();
  const push = async (repository: string, bytes: Uint8Array<ArrayBuffer>) => {
    const digest = await digestOf(bytes);
    const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
    return await status(call("POST", path, { body: bytes }));
  };
  return { bucket, call, open, push, warnings };
}

/** The status of an answer, whose body does not matter. */
export async function status(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}

/** The code of an answer that is an error. */
export async function errorOf(answer: Promise<Response>): Promise<[number, string]> {
  const response = await answer;
  const { errors } = await response.json() as { errors: { code: string; message: string }[] };
  return [response.status, errors[0]!.code];
}

/** A cache that BuildKit wrote to a directory: its manifest, and every blob by digest. */
export async function localImage(name: string) {
  const prefix = `${name}/local/blobs/sha256/`;
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, bytes] of Object.entries(fixtures)) {
    if (!path.startsWith(prefix)) continue;
    blobs.set(`sha256:${path.slice(prefix.length)}`, new Uint8Array(bytes));
  }
  const index = JSON.parse(new TextDecoder().decode(fixtures[`${name}/local/index.json`]));
  const { digest, mediaType } = index.manifests[0] as { digest: string; mediaType: string };
  const bytes = blobs.get(digest)!;
  blobs.delete(digest);
  if (await digestOf(bytes) !== digest) throw new Error(`${name} is damaged`);
  return { digest, mediaType, bytes, blobs };
}
