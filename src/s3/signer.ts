/**
 * Signs requests with AWS Signature Version 4, by aws4fetch.
 *
 * @module
 */
import { AwsV4Signer } from "../deps.ts";
import type { Credentials } from "./types.ts";

/** A request as it is to be signed. */
export interface Signable {
  method: string;
  url: string;
  /** Only what is to be signed: `x-amz-*` and `content-md5`. Proxies rewrite other headers. */
  headers: Record<string, string>;
}

/** Signs for one service; remembers the derived keys, which hold the secret and so stay in here. */
export class Signer {
  #keys = new Map<string, ArrayBuffer>();
  readonly #clock: () => number;
  readonly #service: string;

  /** How far S3's clock is ahead of ours, in milliseconds. */
  skew = 0;

  constructor(clock: () => number, service = "s3") {
    this.#clock = clock;
    this.#service = service;
  }

  /** The time by S3's clock, in milliseconds. */
  now(): number {
    return this.#clock() + this.skew;
  }

  /** The headers of a signed request; host is signed and left to fetch to send. */
  async sign(request: Signable, credentials: Credentials, region: string): Promise<Headers> {
    const signer = new AwsV4Signer({ ...request, ...this.#options(credentials, region) });
    return (await signer.sign()).headers;
  }

  /** A URL that carries its signature, good for `expiresIn` seconds. */
  async presign(
    request: Signable,
    credentials: Credentials,
    region: string,
    expiresIn: number,
  ): Promise<string> {
    const url = new URL(request.url);
    url.searchParams.set("X-Amz-Expires", String(expiresIn));
    const signer = new AwsV4Signer({
      ...request,
      url: url.href,
      ...this.#options(credentials, region),
      signQuery: true,
    });
    return (await signer.sign()).url.href;
  }

  #options({ accessKeyId, secretAccessKey, sessionToken }: Credentials, region: string) {
    // A new day or new credentials leave old keys behind.
    if (this.#keys.size > 16) this.#keys.clear();
    return {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: this.#service,
      region,
      cache: this.#keys,
      datetime: new Date(this.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    };
  }
}
