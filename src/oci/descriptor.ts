/**
 * Descriptors: what manifests and indexes say about each blob that they name.
 *
 * @module
 */
import { show } from "../cacheconfig/errors.ts";
import { isDigest } from "../digest.ts";
import { LayoutError } from "./errors.ts";

/** The platform that an image is for. */
export interface Platform {
  /** The CPU, such as `amd64`. */
  readonly architecture: string;
  /** The operating system, such as `linux`. */
  readonly os: string;
  /** Its version. */
  readonly "os.version"?: string;
  /** What it must have. */
  readonly "os.features"?: readonly string[];
  /** The kind of CPU, such as `v7` of `arm`. */
  readonly variant?: string;
}

/** What is known of a blob: OCI's descriptor. */
export interface Descriptor {
  /** What the blob is. */
  readonly mediaType: string;
  /** The name of the blob, checked to be well-formed. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  /** Where else the blob can be had. */
  readonly urls?: readonly string[];
  /** Free text, by key. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The blob itself, in base64. */
  readonly data?: string;
  /** What the image is for, if the blob is an image manifest. */
  readonly platform?: Platform;
  /** What the artifact is, if the blob is the manifest of one. */
  readonly artifactType?: string;
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks a descriptor that came from JSON. Fields that OCI does not know are dropped.
 *
 * @param value what the JSON held
 * @param where the file and the place in it, for messages
 * @returns the descriptor
 * @throws {LayoutError} if a field is missing or has another type
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const fields = new Fields(value, where);
  const descriptor = {
    mediaType: fields.optional("mediaType", isString, "a string") ?? "",
    digest: fields.required("digest", isDigest, 'a digest, "sha256:" and 64 hexadecimal digits'),
    size: fields.required("size", isSize, "a number of bytes"),
    urls: fields.optional("urls", isStringArray, "an array of strings"),
    annotations: fields.optional("annotations", isStringMap, "an object of strings"),
    data: fields.optional("data", isString, "a base64 string"),
    platform: fields.optional("platform", isObject, "an object"),
    artifactType: fields.optional("artifactType", isString, "a string"),
  };
  const platform = descriptor.platform && parsePlatform(descriptor.platform, `${where}.platform`);
  return withoutUndefined({ ...descriptor, platform });
}

function parsePlatform(value: unknown, where: string): Platform {
  const fields = new Fields(value, where);
  return withoutUndefined({
    architecture: fields.optional("architecture", isString, "a string") ?? "",
    os: fields.optional("os", isString, "a string") ?? "",
    "os.version": fields.optional("os.version", isString, "a string"),
    "os.features": fields.optional("os.features", isStringArray, "an array of strings"),
    variant: fields.optional("variant", isString, "a string"),
  });
}

/** The fields of a JSON object, read with a check each; null counts as absent, as in Go. */
class Fields {
  readonly #fields: Record<string, unknown>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (!isObject(value)) throw new LayoutError(`${where}: not an object`);
    this.#fields = value;
    this.#where = where;
  }

  required<T>(name: string, is: (value: unknown) => value is T, expected: string): T {
    const value = this.#fields[name];
    if (is(value)) return value;
    const found = value === undefined ? "is missing" : `is ${show(value)}`;
    throw new LayoutError(`${this.#where}: ${name} ${found}, expected ${expected}`);
  }

  optional<T>(name: string, is: (value: unknown) => value is T, expected: string): T | undefined {
    if (this.#fields[name] === undefined || this.#fields[name] === null) return undefined;
    return this.required(name, is, expected);
  }
}

const isString = (value: unknown): value is string => typeof value === "string";
const isSize = (value: unknown): value is number =>
  Number.isSafeInteger(value) && value as number >= 0;
const isStringArray = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(isString);
const isStringMap = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(isString);

/** Leaves out the fields that are not there, so that descriptors compare as their JSON does. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/**
 * Orders the fields of a descriptor as Go prints them, for `goJson`: as the structure of
 * the specification has them, without the empty ones, annotations sorted by key.
 *
 * @param descriptor with its fields in any order
 * @returns an object that prints as BuildKit would print the descriptor
 */
export function inGoOrder(descriptor: Descriptor): Record<string, unknown> {
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
  return {
    mediaType,
    digest,
    size,
    urls: urls?.length ? urls : undefined,
    annotations: annotations && sortByKey(annotations),
    data: data || undefined,
    platform: platform && {
      architecture: platform.architecture,
      os: platform.os,
      "os.version": platform["os.version"] || undefined,
      "os.features": platform["os.features"]?.length ? platform["os.features"] : undefined,
      variant: platform.variant || undefined,
    },
    artifactType: artifactType || undefined,
  };
}

function sortByKey(map: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const entries = Object.entries(map).toSorted(([a], [b]) => a < b ? -1 : 1);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
