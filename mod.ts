/**
 * BuildKit's S3 build cache for TypeScript: export, import and look after the caches that
 * `docker buildx build` keeps with `type=s3`.
 *
 * @example
 * ```ts
 * import { importCache, parseAttributes } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,region=eu-west-1,bucket=ci-cache,name=app", {
 *   direction: "import",
 * });
 * const cache = await importCache(options, {
 *   fetch: () => Promise.resolve(new Response("", { status: 404 })),
 * });
 * console.assert(cache.names.length === 0); // no manifest: an empty cache
 * ```
 *
 * @module
 */
export * from "./credentials.ts";
export * from "./s3.ts";
export { digestOf, isDigest } from "./src/digest.ts";
export { parseAttributes, type ParseAttributesOptions } from "./src/attributes/attributes.ts";
export {
  environmentCredentials,
  type StaticCredentials,
} from "./src/attributes/environment_credentials.ts";
export { AttributeError, type AttributeProblem } from "./src/attributes/errors.ts";
export type { CacheOptions, ParsedCacheOptions } from "./src/attributes/options.ts";
export { CacheConfigError } from "./src/cacheconfig/errors.ts";
export {
  type CacheFilter,
  filterCacheConfig,
  type ReducedCacheConfig,
} from "./src/cacheconfig/filter.ts";
export {
  CacheGraph,
  type GraphInput,
  type GraphKey,
  type GraphResult,
} from "./src/cacheconfig/graph.ts";
export {
  type CacheKey,
  type CacheKeyInput,
  CacheLookup,
  type CacheMatch,
} from "./src/cacheconfig/lookup.ts";
export { marshalCacheConfig } from "./src/cacheconfig/marshal.ts";
export { mergeCacheConfigs } from "./src/cacheconfig/merge.ts";
export { parseCacheConfig, type ParseOptions } from "./src/cacheconfig/parse.ts";
export type {
  CacheConfig,
  CacheInput,
  CacheLayer,
  CacheRecord,
  CacheResult,
  ChainedResult,
  LayerAnnotations,
} from "./src/cacheconfig/types.ts";
export { type AssumeRoleOptions, assumeRoleProvider } from "./src/credentials/assume_role.ts";
export { containerProvider } from "./src/credentials/container.ts";
export type { ClientSettings } from "./src/credentials/client_settings.ts";
export {
  type CredentialsReport,
  defaultCredentials,
  type DefaultCredentialsOptions,
  explainCredentials,
} from "./src/credentials/default_credentials.ts";
export type { Setting } from "./src/credentials/endpoints.ts";
export {
  type GithubActionsOptions,
  githubActionsProvider,
} from "./src/credentials/github_actions.ts";
export { type ImdsOptions, type ImdsPlace, imdsProvider } from "./src/credentials/imds.ts";
export { type ProcessOptions, processProvider } from "./src/credentials/process.ts";
export {
  type ProfileDefaults,
  type ProfileDefaultsOptions,
  resolveProfileDefaults,
} from "./src/credentials/profile_defaults.ts";
export {
  type SharedConfigOptions,
  sharedConfigProvider,
} from "./src/credentials/profile_provider.ts";
export { type SsoOptions, ssoProvider, type SsoRole } from "./src/credentials/sso.ts";
export type { Cost, Prices } from "./src/manage/cost.ts";
export {
  type BlobState,
  type CacheInspection,
  inspectCache,
  type InspectedLayer,
  type InspectedRecord,
  type InspectedResult,
} from "./src/manage/inspect.ts";
export { type CacheSummary, listCaches } from "./src/manage/list.ts";
export type { Holding } from "./src/manage/owners.ts";
export { diagnose, type DiagnoseOptions, type Diagnosis } from "./src/manage/doctor.ts";
export type { Check } from "./src/manage/doctor_check.ts";
export { copyCache } from "./src/manage/copy.ts";
export {
  repairCache,
  type RepairedCache,
  type RepairOptions,
  type RepairReport,
} from "./src/manage/repair.ts";
export { removeCaches, type RemoveOptions, type RemoveReport } from "./src/manage/remove.ts";
export {
  pruneCaches,
  type PrunedCache,
  type PruneOptions,
  type PruneReport,
} from "./src/manage/prune.ts";
export { PruneRefusedError } from "./src/manage/prune_guard.ts";
export type { PrunePolicy, PruneRule } from "./src/manage/prune_policy.ts";
export type { DamagedManifest } from "./src/manage/prune_references.ts";
export type { SweepReport, Tally } from "./src/manage/prune_sweep.ts";
export { renderDot } from "./src/manage/render_dot.ts";
export { renderMermaid } from "./src/manage/render_mermaid.ts";
export type { ManageEvent, ManageSettings } from "./src/manage/settings.ts";
export {
  type AgeClass,
  type BlobTotals,
  type CacheShare,
  type CacheStats,
  cacheStats,
  type StatsOptions,
  type StoredBlob,
} from "./src/manage/stats.ts";
export type { BlobFault } from "./src/manage/blob_index.ts";
export {
  type CacheProblem,
  verifyCache,
  type VerifyOptions,
  type VerifyReport,
} from "./src/manage/verify.ts";
export type { Descriptor, Platform } from "./src/oci/descriptor.ts";
export { LayoutError } from "./src/oci/errors.ts";
export {
  type LocalCache,
  openLocalCache,
  type OpenLocalCacheOptions,
} from "./src/oci/local_cache.ts";
export type { RegistryAuth } from "./src/registry/auth.ts";
export type { NameOf } from "./src/registry/manifests.ts";
export { createRegistry, type Registry, type RegistryOptions } from "./src/registry/registry.ts";
export type { ReadableFile } from "./src/runtime/files.ts";
export type { BucketLayout } from "./src/transfer/bucket_layout.ts";
export { type BlobOptions, Cache, type CacheBlob, importCache } from "./src/transfer/cache.ts";
export type { TransferOptions } from "./src/transfer/connection.ts";
export { exportCache, type ExportOptions, type ExportReport } from "./src/transfer/export.ts";
export { type ImportReport, writeLocalCache, type WriteOptions } from "./src/transfer/import.ts";
export type {
  BlobOutcome,
  Dropped,
  ProgressEvent,
  TransferReport,
} from "./src/transfer/progress.ts";
export type { BlobSource, CacheSource, CopyTarget } from "./src/transfer/source.ts";
