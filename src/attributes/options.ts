import type { Credentials, CredentialsProvider } from "../secret_credentials.ts";

/**
 * What an attribute string of `type=s3` says, defaults applied. An object of this shape may also be
 * written by hand; {@linkcode parseAttributes} is what checks one.
 */
export interface CacheOptions {
  /** Always `s3`. */
  type: "s3";
  /** `bucket`, or `$AWS_BUCKET`. */
  bucket: string;
  /** `region`, or `$AWS_REGION`. */
  region: string;
  /** `name`, split at `;`, without repetitions; at least one. Default: `buildkit`. */
  names: string[];
  /** `endpoint_url`: http or https, perhaps with a base path. Default: that of AWS. */
  endpointUrl?: string;
  /** AWS's FIPS hosts. No attribute sets it: the command takes it from the environment. */
  fips?: boolean;
  /** AWS's dual-stack hosts. No attribute sets it: the command takes it from the environment. */
  dualstack?: boolean;
  /** `prefix`: in front of every key, nothing added. Default: empty. */
  prefix: string;
  /** `blobs_prefix`: between prefix and digest. Default: `blobs/`. */
  blobsPrefix: string;
  /** `manifests_prefix`: between prefix and name. Default: `manifests/`. */
  manifestsPrefix: string;
  /** `use_path_style`: the bucket goes into the URL's path. Default: false. */
  usePathStyle: boolean;
  /**
   * `access_key_id`, `secret_access_key` and `session_token`; without them, those of the
   * environment. Absent if there are none, and if `anonymous` is set. A provider may be put in
   * their place, such as that of `defaultCredentials`.
   */
  credentials?: Credentials | CredentialsProvider;
  /** `upload_parallelism`: how many layers are uploaded at once, 1 to 1,000. Default: 4. */
  uploadParallelism: number;
  /**
   * `touch_refresh`, in milliseconds: a blob that was last modified longer ago than this is
   * touched. Fractions and negative values are possible; 0 and less touch always. Default:
   * 86,400,000 (24 hours).
   */
  touchRefreshMs: number;
  /** `mode`; undefined if it was not given: then what there is to export goes out as it is. */
  mode?: "min" | "max";
  /** `ignore-error`: a failed transfer is a warning. Default: false. */
  ignoreError: boolean;
  /**
   * `disable_accept_encoding`. Default: false. It changes nothing: the header that it keeps out of
   * the signature is never signed here.
   */
  disableAcceptEncoding: boolean;
  /** `retry_mode`. Default: undefined, which is `standard`. */
  retryMode?: "standard" | "adaptive";
  /** `retry_max_attempts`: tries of each request, the first included, 1 to 1,000. Default: 3. */
  retryMaxAttempts?: number;
  /** `merge` (an extension): export into what the manifest holds. Default: false. */
  merge: boolean;
  /** `storage_class` (an extension): of what is written. Default: the bucket's. */
  storageClass?: string;
  /** `acl` (an extension): a canned ACL for what is written. Default: the bucket's. */
  acl?: string;
  /** `sse` (an extension): encryption at rest of what is written. Default: the bucket's. */
  sse?: "AES256" | "aws:kms" | "aws:kms:dsse";
  /** `sse_kms_key_id` (an extension): id, ARN or alias of the key. Default: the account's. */
  sseKmsKeyId?: string;
  /** `anonymous` (an extension): requests are not signed. Default: false. */
  anonymous: boolean;
}

/** What {@linkcode parseAttributes} reads: its credentials are those that a text can hold. */
export interface ParsedCacheOptions extends CacheOptions {
  /** From the attributes, or from the environment. */
  credentials?: Credentials;
}
