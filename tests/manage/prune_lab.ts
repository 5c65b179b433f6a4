/** A bucket with small caches, and others who work on it while it is pruned. */
import {
  digestOf,
  marshalCacheConfig,
  pruneCaches,
  type PruneOptions,
  type S3Client,
} from "s3cache";
import { AwsV4Signer } from "../../src/deps.ts";
import { sha256Hex } from "../../src/digest.ts";
import { testBucket } from "../transfer/bucket.ts";

type Bucket = ReturnType<typeof testBucket>;

/** Hours. */
export const H = 3_600_000;

/** A blob: what it holds is its name. */
export async function blobOf(
  name: string,
): Promise<{ digest: string; bytes: Uint8Array<ArrayBuffer> }> {
  const bytes = new TextEncoder().encode(name);
  return { digest: await digestOf(bytes), bytes };
}

/** A manifest that refers to blobs. */
export async function manifestOf(blobs: readonly string[]): Promise<string> {
  const layers = await Promise.all(blobs.map(async (name) => {
    const { digest, bytes } = await blobOf(name);
    return {
      blob: digest,
      parent: -1,
      annotations: {
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        diffID: digest,
        size: bytes.length,
        createdAt: "2026-01-01T00:00:00Z",
      },
    };
  }));
  const records = await Promise.all(blobs.map(async (name, layer) => ({
    layers: [{ layer, createdAt: "2026-01-01T00:00:00Z" }],
    chains: [],
    digest: await digestOf(`step ${name}`),
    inputs: [],
  })));
  return marshalCacheConfig({ layers, records });
}

/** Writes a blob, whatever is there. */
export async function putBlob(client: S3Client, name: string): Promise<void> {
  const { digest, bytes } = await blobOf(name);
  await client.put(`blobs/${digest}`, bytes);
}

/** Begins a multipart upload that nobody completes. */
export async function beginUpload(bucket: Bucket, key: string): Promise<void> {
  const { url, headers } = await new AwsV4Signer({
    method: "POST",
    url: `http://s3.test/cache/${key.replaceAll(":", "%3A")}?uploads=`,
    headers: { "x-amz-content-sha256": await sha256Hex("") },
    accessKeyId: "AKIA",
    secretAccessKey: "secret",
    service: "s3",
    region: "us-east-1",
    datetime: new Date(bucket.clock()).toISOString().replace(/[-:]|\.\d+/g, ""),
  }).sign();
  const response = await bucket.fetch(url, { method: "POST", headers });
  if (!response.ok) throw new Error(await response.text());
  await response.body?.cancel();
}

/** Whether a blob is there. */
export async function hasBlob(client: S3Client, name: string): Promise<boolean> {
  return await client.head(`blobs/${(await blobOf(name)).digest}`) !== undefined;
}

/** The bucket, with the steps of which an export by BuildKit is made. */
export function pruneLab() {
  const bucket = testBucket();
  const { client } = bucket;
  const settings = { fetch: bucket.fetch, clock: bucket.clock, sleep: bucket.sleep };
  return Object.assign(bucket, {
    /** An export's first half: each blob is uploaded, or touched if it is older than a day. */
    async sendBlobs(blobs: readonly string[]) {
      for (const name of blobs) {
        const key = `blobs/${(await blobOf(name)).digest}`;
        const info = await client.head(key);
        if (!info) await putBlob(client, name);
        else if (bucket.clock() - info.lastModified.getTime() > 24 * H) {
          const metadata = { "updated-at": new Date(bucket.clock()).toISOString() };
          await client.copy(key, key, { metadata, metadataDirective: "REPLACE" });
        }
      }
    },
    /** And its second half. */
    async sendManifest(name: string, blobs: readonly string[]) {
      await client.put(`manifests/${name}`, await manifestOf(blobs));
    },
    /** A whole one. */
    async export(name: string, blobs: readonly string[]) {
      await this.sendBlobs(blobs);
      await this.sendManifest(name, blobs);
    },
    prune: (options: PruneOptions = {}) =>
      pruneCaches(bucket.options(), { dryRun: false, ...settings, ...options }),
    settings,
  });
}

/**
 * A fetch before whose n-th request something else happens.
 *
 * @param inner what sends requests
 * @param actions by the number of the request, counted from 0
 * @returns the fetch, and how many requests there were
 */
export function interleaved(
  inner: typeof fetch,
  actions: ReadonlyMap<number, () => Promise<void>>,
): { fetch: typeof fetch; requests: string[] } {
  const requests: string[] = [];
  return {
    requests,
    fetch: async (input, init) => {
      const number = requests.push(`${init?.method} ${new URL(String(input)).pathname}`) - 1;
      await actions.get(number)?.();
      return await inner(input, init);
    },
  };
}
