import { credentials } from "../secret_credentials.ts";
import { AttributeSet } from "./attribute_set.ts";
import {
  type Environment,
  environmentCredentials,
  type StaticCredentials,
} from "./environment_credentials.ts";
import { checkKeyLayout } from "./key_layout.ts";
import type { CacheOptions, ParsedCacheOptions } from "./options.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Settings of {@linkcode parseAttributes}. */
export interface ParseAttributesOptions {
  /** Whether the cache is to be written or read. Every attribute is accepted for both. */
  direction: "export" | "import";
  /** Where defaults come from: `AWS_REGION`, `AWS_BUCKET` and the AWS credentials. Default: none. */
  env?: Environment;
  /** Is told about an attribute without effect, or given twice. Default: nobody is. */
  onWarning?: (message: string) => void;
  /**
   * Where the text came from, for messages. Default: `--cache-to` for an export, `--cache-from`
   * for an import.
   */
  source?: string;
}

/**
 * Reads the attribute string of `--cache-to` or `--cache-from`, exactly as buildx takes it:
 * comma-separated `key=value` fields, `type=s3` among them. What BuildKit would silently ignore, a
 * misspelt attribute or a value that makes no sense, is an error here.
 *
 * @example
 * ```ts
 * import { parseAttributes } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,bucket=cache,name=app;main,touch_refresh=1h30m", {
 *   direction: "export",
 *   env: { AWS_REGION: "eu-west-1" },
 * });
 * console.assert(options.region === "eu-west-1");
 * console.assert(options.names.join() === "app,main");
 * console.assert(options.touchRefreshMs === 5_400_000);
 * ```
 *
 * @param text such as `type=s3,region=eu-west-1,bucket=cache,name=app`
 * @param options direction, environment, and who hears warnings
 * @returns every option with its default applied
 * @throws {AttributeError} naming the attribute, its value and what was expected; exports and
 * imports need `bucket` and `region`, in the text or the environment
 */
export function parseAttributes(text: string, options: ParseAttributesOptions): ParsedCacheOptions {
  const { direction, env = {}, onWarning = () => {} } = options;
  const source = options.source ?? (direction === "export" ? "--cache-to" : "--cache-from");
  const attributes = new AttributeSet(text, source, onWarning);
  attributes.require("bucket", "AWS_BUCKET", env);
  attributes.require("region", "AWS_REGION", env);
  const result: ParsedCacheOptions = {
    type: "s3",
    bucket: attributes.read("bucket")!,
    region: attributes.read("region")!,
    names: attributes.read("name") ?? ["buildkit"],
    endpointUrl: attributes.read("endpoint_url"),
    prefix: attributes.read("prefix") ?? "",
    blobsPrefix: attributes.read("blobs_prefix") ?? "blobs/",
    manifestsPrefix: attributes.read("manifests_prefix") ?? "manifests/",
    usePathStyle: attributes.read("use_path_style") ?? false,
    credentials: readCredentials(attributes),
    uploadParallelism: attributes.read("upload_parallelism") ?? 4,
    touchRefreshMs: attributes.read("touch_refresh") ?? DAY_MS,
    mode: attributes.read("mode"),
    ignoreError: attributes.read("ignore-error") ?? false,
    disableAcceptEncoding: attributes.read("disable_accept_encoding") ?? false,
    retryMode: attributes.read("retry_mode"),
    retryMaxAttempts: attributes.read("retry_max_attempts"),
    merge: attributes.read("merge") ?? false,
    storageClass: attributes.read("storage_class"),
    acl: attributes.read("acl"),
    sse: attributes.read("sse"),
    sseKmsKeyId: attributes.read("sse_kms_key_id"),
    anonymous: attributes.read("anonymous") ?? false,
  };
  checkKeyLayout(result, (key) => attributes.get(key));
  checkTogether(result, attributes);
  if (!result.anonymous) result.credentials ??= environmentCredentials(env);
  return result;
}

/** The credentials in the attributes: a whole key pair or none, a session token only beside one. */
function readCredentials(attributes: AttributeSet): StaticCredentials | undefined {
  const accessKeyId = attributes.read("access_key_id");
  const secretAccessKey = attributes.read("secret_access_key");
  const sessionToken = attributes.read("session_token");
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return credentials({ accessKeyId, secretAccessKey, sessionToken });
  }
  if (accessKeyId !== undefined || secretAccessKey !== undefined) {
    const [given, missing] = accessKeyId === undefined
      ? ["secret_access_key", "access_key_id"] as const
      : ["access_key_id", "secret_access_key"] as const;
    throw attributes.refuse(missing, "is not given", `it beside ${given}, or neither`);
  }
  if (sessionToken !== undefined) {
    throw attributes.refuse(
      "session_token",
      "is given alone",
      "access_key_id and secret_access_key beside it",
    );
  }
  return undefined;
}

/** What is right by itself, but not beside the rest. */
function checkTogether(options: CacheOptions, attributes: AttributeSet): void {
  const { bucket, endpointUrl, anonymous, credentials, sse, sseKmsKeyId } = options;
  if (endpointUrl === undefined && !/^[a-z0-9.-]{1,63}$/.test(bucket)) {
    throw attributes.refuse(
      "bucket",
      "cannot be a bucket of AWS",
      'at most 63 lower-case letters, digits, "." and "-", or an endpoint_url',
    );
  }
  if (anonymous && credentials !== undefined) {
    throw attributes.refuse(
      "anonymous",
      "contradicts access_key_id and secret_access_key",
      "either of them, not both",
    );
  }
  if (sseKmsKeyId !== undefined && !sse?.startsWith("aws:kms")) {
    throw attributes.refuse(
      "sse_kms_key_id",
      "is given without encryption by KMS",
      "sse=aws:kms or sse=aws:kms:dsse beside it",
    );
  }
}
