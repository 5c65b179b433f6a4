/**
 * Every attribute that is known, and what it is read as.
 *
 * @module
 */

import { endpointUrl } from "./endpoint_url.ts";
import { EXTENSIONS } from "./extensions.ts";
import { cacheNames, keyText } from "./key_layout.ts";
import {
  bool,
  bucketName,
  duration,
  oneOf,
  optionalToken,
  positiveInteger,
  regionName,
  secretKey,
  token,
} from "./values.ts";

/** The attributes that BuildKit has for S3. */
const BUILDKIT = {
  access_key_id: token,
  blobs_prefix: keyText,
  bucket: bucketName,
  disable_accept_encoding: bool,
  endpoint_url: endpointUrl,
  "ignore-error": bool,
  manifests_prefix: keyText,
  mode: oneOf("min", "max"),
  name: cacheNames,
  prefix: keyText,
  region: regionName,
  retry_max_attempts: positiveInteger(1_000),
  retry_mode: oneOf("standard", "adaptive"),
  secret_access_key: secretKey,
  session_token: optionalToken,
  touch_refresh: duration,
  upload_parallelism: positiveInteger(1_000),
  use_path_style: bool,
};

/** All attributes but `type`, each with its parser. */
export const ATTRIBUTES = { ...BUILDKIT, ...EXTENSIONS };

/** The name of an attribute. */
export type AttributeKey = keyof typeof ATTRIBUTES;

/** What an attribute is read as. */
export type AttributeValue<Key extends AttributeKey> = ReturnType<typeof ATTRIBUTES[Key]>;

/** What BuildKit's types of cache are, for the message to someone who brought the wrong one. */
export const CACHE_TYPES: ReadonlyMap<string, string> = new Map([
  ["azblob", "a cache in Azure Blob Storage"],
  ["gha", "the cache of GitHub Actions"],
  ["inline", "a cache inside an image"],
  ["local", "a cache in a directory"],
  ["registry", "a cache in an image registry"],
]);

/**
 * The attributes of BuildKit's other types of cache. BuildKit ignores them for S3, so a string may
 * carry them; they deserve a word, since whoever wrote them expects an effect.
 */
export const FOREIGN: ReadonlyMap<string, readonly string[]> = new Map([
  ["account_name", ["azblob"]],
  ["account_url", ["azblob"]],
  ["compression", ["registry", "local"]],
  ["compression-level", ["registry", "local"]],
  ["container", ["azblob"]],
  ["dest", ["local"]],
  ["digest", ["local"]],
  ["force-compression", ["registry", "local"]],
  ["ghtoken", ["gha"]],
  ["image-manifest", ["registry", "local"]],
  ["oci-mediatypes", ["registry", "local"]],
  ["ref", ["registry"]],
  ["registry.insecure", ["registry"]],
  ["repository", ["gha"]],
  ["reset", ["local"]],
  ["scope", ["gha"]],
  ["src", ["local"]],
  ["tag", ["local"]],
  ["timeout", ["gha"]],
  ["token", ["gha"]],
  ["url", ["gha"]],
  ["url_v2", ["gha"]],
  ["version", ["gha"]],
]);
