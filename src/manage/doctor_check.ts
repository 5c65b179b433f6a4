/**
 * Findings about a bucket and the way to it, each with what to do about it.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import { CredentialsError } from "../credentials/errors.ts";
import { S3Error } from "../s3/errors.ts";

/** One thing that was looked at. */
export interface Check {
  /** What was looked at, such as `list` or `clock`. */
  name: string;
  /**
   * `ok`; `warning`: works, with something to know; `problem`: does not work, or will not;
   * `skipped`: could not be looked at, or was not asked for.
   */
  status: "ok" | "warning" | "problem" | "skipped";
  /** What was found. */
  message: string;
  /** What to do about it. */
  fix?: string;
}

/** What to do without credentials. */
export const CREDENTIALS_FIX: string = "give access_key_id and secret_access_key, set one of the " +
  "sources up that docs/credentials.md lists, or anonymous=true";

/** How far S3's clock may be from ours, in milliseconds, before it refuses. */
const MAX_SKEW_MS = 15 * 60_000;
/** What is worth a word. */
const NOTABLE_SKEW_MS = 60_000;

/**
 * Compares clocks.
 *
 * @param local milliseconds since 1970
 * @param server the same, of the server; undefined if it does not tell
 * @returns what was found
 */
export function checkClock(local: number, server: number | undefined): Check {
  const name = "clock";
  if (server === undefined) {
    return { name, status: "skipped", message: "the server does not tell its time" };
  }
  const skew = local - server;
  const message = `the clock here is ${Math.round(Math.abs(skew) / 1000)} s ` +
    `${skew < 0 ? "behind" : "ahead of"} the server's`;
  if (Math.abs(skew) < NOTABLE_SKEW_MS) return { name, status: "ok", message };
  const fix = "set the clock of this machine by NTP: S3 refuses requests that are 15 minutes off " +
    "(s3cache corrects itself, BuildKit does not)";
  return { name, status: Math.abs(skew) < MAX_SKEW_MS ? "warning" : "problem", message, fix };
}

/**
 * Makes a finding of a request that failed.
 *
 * @param name what was looked at
 * @param error what happened
 * @param permission what the request needs, such as `s3:PutObject`
 * @param options of the cache
 * @returns a problem with its fix
 * @throws the error, if it is none of S3's
 */
export function explainFailure(
  name: string,
  error: unknown,
  permission: string,
  options: CacheOptions,
): Check {
  if (error instanceof CredentialsError) {
    return { name, status: "problem", message: error.message, fix: CREDENTIALS_FIX };
  }
  if (!(error instanceof S3Error)) throw error;
  return {
    name,
    status: "problem",
    message: error.message,
    fix: fixOf(error, permission, options),
  };
}

function fixOf(error: S3Error, permission: string, options: CacheOptions): string {
  const { endpointUrl, bucket, usePathStyle } = options;
  switch (error.code) {
    case "NoSuchBucket":
      return `create bucket ${bucket}, or correct bucket= and endpoint_url=`;
    case "InvalidAccessKeyId":
      return "the service does not know this access key: check which credentials are used, and " +
        "that they belong to this endpoint";
    case "SignatureDoesNotMatch":
      return isGoogle(endpointUrl)
        ? "use an HMAC key of Cloud Storage; BuildKit also needs disable_accept_encoding=true there, " +
          "since Google's front end changes the Accept-Encoding that BuildKit signs"
        : "check the secret access key; if it is right, a proxy on the way rewrites the host or the " +
          "path, which are signed: have it pass them through";
    case "ExpiredToken":
    case "InvalidToken":
    case "ExpiredTokenException":
      return "log in again: the session token has expired";
    case "AuthorizationHeaderMalformed":
    case "PermanentRedirect":
      return `set region=${error.region ?? "…"}: the bucket is in another region`;
    case "NetworkError":
    case "Timeout":
      return networkFix(error, options);
    case "NotImplemented":
      return "the server does not know this operation";
  }
  if (error.status === 403) {
    return options.anonymous
      ? "requests are anonymous: give credentials, or make the bucket public"
      : `allow ${permission} on this prefix to these credentials, and kms:Decrypt and ` +
        "kms:GenerateDataKey if the bucket is encrypted with a key of its own";
  }
  if (error.status === 404 && !usePathStyle && endpointUrl !== undefined) {
    return "try use_path_style=true: many services do not take the bucket from the host's name";
  }
  return "see the message; docs/operations.md has what each verb needs";
}

function networkFix(error: S3Error, { endpointUrl, usePathStyle }: CacheOptions): string {
  const text = `${error.reason} ${error.cause instanceof Error ? error.cause.message : ""}`;
  if (/certificate|self.signed|UnknownIssuer|TLS|SSL/i.test(text)) {
    return "the certificate is not trusted here: install its authority (DENO_CERT or " +
      "NODE_EXTRA_CA_CERTS names a file), or correct the host's name in endpoint_url";
  }
  if (endpointUrl !== undefined && !usePathStyle) {
    return "check the host and port of endpoint_url; if only the bucket's own host name is unknown, " +
      "set use_path_style=true";
  }
  return "check the host and port of endpoint_url, the network and the proxy";
}

function isGoogle(endpointUrl: string | undefined): boolean {
  return endpointUrl !== undefined && new URL(endpointUrl).hostname.endsWith("googleapis.com");
}
