/**
 * What a URL of the distribution specification is about.
 *
 * @module
 */
import { isRepository } from "../oci/reference.ts";
import { RegistryError } from "./errors.ts";

/** The kinds of things that URLs are about. */
export type Resource = "manifests" | "blobs" | "uploads" | "tags" | "referrers";

/** What a URL is about. */
export interface Route {
  /** What kind of thing. */
  resource: Resource;
  /** Without a host. */
  repository: string;
  /** Tag, digest or id: what follows the kind. Empty where uploads begin. */
  reference: string;
}

// A repository may have the word blobs in it: what counts is what stands last.
const ROUTE = /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/([^/]*)$/;

/**
 * Takes a path apart.
 *
 * @param pathname of the URL
 * @returns what it is about; undefined if the specification knows no such path
 * @throws {RegistryError} `NAME_INVALID` if the repository is none
 */
export function parseRoute(pathname: string): Route | undefined {
  // Clients begin uploads with and without the slash at the end.
  const path = pathname.replace(/\/blobs\/uploads$/, "/blobs/uploads/");
  const [, repository, resource, reference] = path.match(ROUTE) ?? [];
  if (repository === undefined || reference === undefined) return undefined;
  if (resource === "tags" && reference !== "list") return undefined;
  if (!isRepository(repository)) {
    throw new RegistryError("NAME_INVALID", `${repository} is not the name of a repository`);
  }
  return {
    resource: resource === "blobs/uploads" ? "uploads" : resource as Resource,
    repository,
    reference: decode(reference),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
