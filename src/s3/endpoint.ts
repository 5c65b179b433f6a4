/**
 * Where a bucket is: hosts of AWS by partition, custom endpoints, path-style and virtual-hosted URLs.
 *
 * @module
 */
import { isBun } from "../runtime/bun.ts";
import { encodeKey, encodeQuery } from "./keys.ts";

/** What decides a bucket's URL. */
export interface EndpointOptions {
  /** The bucket's name. */
  bucket: string;
  /** The region; a part of the host on AWS. */
  region: string;
  /** `http` or `https` URL of an S3-compatible service, with a base path if it has one. */
  endpoint?: string | URL;
  /** `https://host/bucket/key` rather than `https://bucket.host/key`. */
  pathStyle?: boolean;
  /** AWS's hosts that answer on IPv6 too. */
  dualstack?: boolean;
  /** AWS's hosts with FIPS 140 validated cryptography. */
  fips?: boolean;
  /** AWS's Transfer Acceleration. */
  accelerate?: boolean;
}

/** A bucket's place, from which the URLs of its objects are made. */
export interface Endpoint {
  /** Whether it is one of AWS's own hosts, which the region is a part of. */
  readonly aws: boolean;
  /** The URL of an object, or of the bucket if there is no key. */
  url(key?: string, query?: Readonly<Record<string, string | undefined>>): string;
}

/** Partitions whose hosts do not end in amazonaws.com, by the prefix of their regions. */
const DNS_SUFFIXES: readonly (readonly [prefix: string, suffix: string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
];

/** What a region looks like. */
export const REGION = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const DNS_BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const LOOSE_BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/;
const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[.*)$/;
const AWS_HOST = /(^|\.)amazonaws\.(com(\.cn)?|eu)$/;

/**
 * Resolves the place of a bucket.
 *
 * @param options bucket, region, and how to reach them
 * @returns what makes the URLs
 * @throws {TypeError} on a bucket, region or endpoint that no URL can be made of
 */
export function resolveEndpoint(options: EndpointOptions): Endpoint {
  const { bucket, region } = options;
  if (!REGION.test(region)) refuse("region", region, "a name such as us-east-1, or auto");
  const base = options.endpoint === undefined
    ? awsUrl(options)
    : customUrl(options.endpoint, options);
  const aws = AWS_HOST.test(base.hostname);
  checkBucket(bucket, aws);
  const pathStyle = usesPathStyle(options, base);
  const basePath = base.pathname.replace(/\/+$/, "");
  const inPath = `${base.origin}${basePath}/${bucket}`;
  if (!pathStyle) base.hostname = `${bucket}.${base.hostname}`;
  const prefix = pathStyle ? inPath : base.origin + basePath;
  return {
    aws,
    url(key, query = {}) {
      const search = Object.entries(query).flatMap(([name, value]) =>
        value === undefined ? [] : `${encodeQuery(name)}=${encodeQuery(value)}`
      ).join("&");
      const path = key === undefined ? (pathStyle ? "" : "/") : `/${encodeKey(key)}`;
      // Bun's fetch takes two slashes at the start of a path for one.
      const start = path.startsWith("//") && isBun ? inPath : prefix;
      return start + path + (search && `?${search}`);
    },
  };
}

/**
 * What the hosts of a region end in.
 *
 * @param region such as `cn-north-1`
 * @returns such as `amazonaws.com.cn`
 */
export function awsDnsSuffix(region: string): string {
  return DNS_SUFFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
}

function awsUrl({ region, dualstack, fips, accelerate, pathStyle }: EndpointOptions): URL {
  if (accelerate && (fips || pathStyle)) {
    throw new TypeError("accelerate: has neither FIPS hosts nor path-style URLs");
  }
  const stack = dualstack ? ".dualstack" : "";
  // "auto" is no region of AWS; us-east-1 says where the bucket really is.
  const place = region === "auto" ? "us-east-1" : region;
  const host = accelerate ? `s3-accelerate${stack}` : `s3${fips ? "-fips" : ""}${stack}.${place}`;
  return new URL(`https://${host}.${awsDnsSuffix(region)}`);
}

function customUrl(
  endpoint: string | URL,
  { dualstack, fips, accelerate }: EndpointOptions,
): URL {
  // The value may hold a password, and is not repeated.
  const expected = "expected an http(s) URL without user, password, query and fragment";
  if (!URL.canParse(endpoint)) throw new TypeError(`endpoint: ${expected}`);
  const url = new URL(endpoint);
  const { protocol, username, password, search, hash } = url;
  if (!/^https?:$/.test(protocol) || username || password || search || hash) {
    throw new TypeError(`endpoint ${url.host}: ${expected}`);
  }
  if (dualstack || fips || accelerate) {
    throw new TypeError("dualstack, fips and accelerate are for AWS's own hosts");
  }
  return url;
}

/** As the AWS SDKs do: a host that cannot take the bucket in front of it takes it in the path. */
function usesPathStyle({ pathStyle, bucket, accelerate }: EndpointOptions, base: URL): boolean {
  if (pathStyle || ADDRESS.test(base.hostname)) return true;
  // A wildcard certificate covers one label only.
  const fits = DNS_BUCKET.test(bucket) && !(bucket.includes(".") && base.protocol === "https:");
  if (!fits && accelerate) refuse("bucket", bucket, "with accelerate, a DNS name without dots");
  return !fits;
}

function checkBucket(bucket: string, aws: boolean): void {
  if (bucket.startsWith("arn:")) {
    refuse("bucket", bucket, "a name, or the alias of an access point; ARNs are not supported");
  }
  // They have hosts, sessions and an order of keys of their own.
  if (bucket.endsWith("--x-s3")) refuse("bucket", bucket, "no directory bucket");
  if (!(aws ? DNS_BUCKET : LOOSE_BUCKET).test(bucket) || bucket.includes("..")) {
    const letters = aws ? "63 lower-case letters" : "255 letters";
    refuse("bucket", bucket, `3 to ${letters}, digits, dots and hyphens`);
  }
}

function refuse(what: string, value: string, expected: string): never {
  throw new TypeError(`${what} ${JSON.stringify(value)}: expected ${expected}`);
}
