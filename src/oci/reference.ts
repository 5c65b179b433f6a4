/**
 * References to images, and the names of caches: how a registry's client spells a cache.
 *
 * `REPOSITORY:latest` is the cache named `REPOSITORY`, any other `REPOSITORY:TAG` is the cache named
 * `REPOSITORY:TAG`. So each reference is one name, and a name is one reference or none.
 *
 * @module
 */

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** Clients refuse longer repositories; with a host in front the limit is theirs to check. */
const MAX_REPOSITORY = 255;

/** The tag that clients take where none is given. */
const DEFAULT_TAG = "latest";

/** Whether a text is a repository, without a host, as OCI's distribution specification has it. */
export function isRepository(text: string): boolean {
  return text.length <= MAX_REPOSITORY &&
    text.split("/").every((component) => COMPONENT.test(component));
}

/** Whether a text is a tag as OCI's distribution specification has it. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * The name of the cache that a reference stands for.
 *
 * @param repository without a host
 * @param tag of it
 * @returns the name, whose manifest is in the bucket
 */
export function cacheNameOf(repository: string, tag: string): string {
  return tag === DEFAULT_TAG ? repository : `${repository}:${tag}`;
}

/**
 * The reference by which a registry's client asks for a cache.
 *
 * @param name of the cache
 * @returns `repository:tag`, without a host; undefined if no reference can spell the name
 */
export function cacheReferenceOf(name: string): string | undefined {
  const [repository = "", tag = DEFAULT_TAG, ...rest] = name.split(":");
  const spelled = rest.length === 0 && isRepository(repository) && isTag(tag);
  // app:latest is how the cache named app is asked for, so a cache of that name cannot be.
  return spelled && cacheNameOf(repository, tag) === name ? `${repository}:${tag}` : undefined;
}
