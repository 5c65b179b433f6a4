/** An S3 for tests, in this process and without a socket. */
import { createS3Server, type S3Server, type S3ServerOptions } from "../../src/devserver/mod.ts";
import { inProcessFetch } from "./in_process.ts";

/** The credentials that the server takes, and clients use. */
export const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
} as const;

/** The bucket that is there from the start. */
export const BUCKET = "test-bucket";

/** A running server. */
export interface TestS3 {
  /** The server itself. */
  server: S3Server;
  /** A fetch that reaches only this server. */
  fetch: typeof fetch;
  /** What an S3 client of the bucket is made of. */
  options: {
    endpoint: string;
    region: string;
    bucket: string;
    pathStyle: boolean;
    credentials: { accessKeyId: string; secretAccessKey: string };
    fetch: typeof fetch;
  };
}

/** Starts a server that checks signatures, with one empty bucket. */
export function startS3(options: S3ServerOptions = {}): TestS3 {
  const region = options.region ?? "us-east-1";
  const server = createS3Server({ credentials: CREDENTIALS, buckets: [BUCKET], ...options });
  const fetch = inProcessFetch(server.fetch);
  return {
    server,
    fetch,
    options: {
      endpoint: "http://s3.test",
      region,
      bucket: BUCKET,
      pathStyle: true,
      credentials: CREDENTIALS,
      fetch,
    },
  };
}
