/**
 * The connection of one transfer: a client made from options, and what records its work.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { openTransport, S3Client, type S3ClientOptions } from "../s3/client.ts";
import type { Transport } from "../s3/transport.ts";
import type { Credentials, CredentialsProvider, Placement } from "../s3/types.ts";
import { sleep as defaultSleep } from "../sleep.ts";
import { type ProgressEvent, RequestCounter } from "./progress.ts";

/** Settings of a transfer that are no part of its attributes. */
export interface TransferOptions
  extends Pick<S3ClientOptions, "fetch" | "timeouts" | "clock" | "sleep" | "random"> {
  /** Used where the attributes hold none. */
  credentials?: Credentials | CredentialsProvider | "anonymous";
  /** Ends the transfer with the signal's reason; multipart uploads are aborted. */
  signal?: AbortSignal;
  /** Is told what happens. */
  onProgress?: (event: ProgressEvent) => void;
}

/** What a transfer works with. */
export interface Connection {
  client: S3Client;
  /** Makes a transport like the client's, for requests that the client has no call for. */
  openTransport: () => Transport;
  /** Counts the client's requests. */
  requests: RequestCounter;
  /** How objects are to be kept. */
  placement: Placement;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  random: () => number;
}

/**
 * How a large blob is moved: bytes a part, and parts at once. With the default of 4 blobs at once
 * that is 128 MiB in flight at most.
 */
export const BLOB_PARTS = { partSize: 8 * 1024 * 1024, parallelism: 4 } as const;

/** Makes the connection of a transfer; nothing is sent yet. */
export function connect(
  options: CacheOptions,
  settings: Omit<TransferOptions, "onProgress">,
): Connection {
  const requests = new RequestCounter();
  const { clock = Date.now, sleep = defaultSleep, random = Math.random } = settings;
  const clientOptions: S3ClientOptions = {
    fetch: settings.fetch,
    timeouts: settings.timeouts,
    clock,
    sleep,
    random,
    bucket: options.bucket,
    region: options.region,
    endpoint: options.endpointUrl,
    pathStyle: options.usePathStyle,
    fips: options.fips,
    dualstack: options.dualstack,
    credentials: options.anonymous ? "anonymous" : options.credentials ?? settings.credentials,
    retry: { mode: options.retryMode, maxAttempts: options.retryMaxAttempts },
    onRequest: requests.onRequest,
  };
  return {
    client: new S3Client(clientOptions),
    openTransport: () => openTransport(clientOptions),
    requests,
    placement: placementOf(options),
    clock,
    sleep,
    random,
  };
}

/** Only what is set: the rest is left as it is, or to the bucket. */
function placementOf({ storageClass, acl, sse, sseKmsKeyId }: CacheOptions): Placement {
  return Object.fromEntries(
    Object.entries({ storageClass, acl, sse, sseKmsKeyId }).filter(([, value]) => value),
  );
}
