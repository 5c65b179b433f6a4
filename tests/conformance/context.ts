/** What the cases of the conformance suite are given, and are made of. */
import type { Credentials, S3Client, S3ClientOptions } from "s3cache";

/** A server that the suite is run against. */
export interface Server {
  /** As the compatibility table calls it. */
  name: string;
  /** Path-style endpoint, region and credentials, and what else a client needs. */
  options: Omit<S3ClientOptions, "bucket"> & { region: string; credentials: Credentials };
  /** Where bucket names stand in front of the host, if the server has such an endpoint. */
  virtualHosted?: { endpoint: string; fetch: typeof fetch };
  /** Temporary credentials, where the server does not give them by STS. */
  session?: Credentials;
}

/** The buckets that exist before the cases run. */
export const BUCKETS = { main: "conformance", other: "conformance-other" } as const;

/** What a case works with. */
export interface Context {
  server: Server;
  /** A client of the main bucket. */
  client: S3Client;
  /** A client that differs in some options. */
  connect(options: Partial<S3ClientOptions>): S3Client;
  /** What the keys of the case begin with, unless they are about that. */
  prefix: string;
}

/** A capability passes if nothing is thrown. */
export type Case = (context: Context) => Promise<void>;

/** Cases, by what they show. */
export type Cases = Record<string, Case>;

/** The keys of a listing. */
export async function keysOf(objects: AsyncIterable<{ key: string }>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

/** The text of an object. */
export async function textOf(client: S3Client, key: string): Promise<string> {
  return await (await client.get(key)).text();
}

/** Bytes that repeat only after 64 KiB, so that a part in the wrong place is noticed. */
export function pattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i ^ (i >> 8)) & 0xff;
  return bytes;
}
