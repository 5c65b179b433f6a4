/**
 * The list of a repository's tags, in pages.
 *
 * @module
 */
import { RegistryError } from "./errors.ts";
import { documentResponse, type Exchange, unsupported } from "./exchange.ts";
import type { Tags } from "./tags.ts";

/**
 * Answers a request for tags.
 *
 * @param exchange a request for `tags/list`, with `n` and `last`
 * @param tags of the bucket
 * @returns a page, with a link to the next one where there is one
 * @throws {RegistryError} `NAME_UNKNOWN` if the repository has no tags
 */
export async function answerTagList(exchange: Exchange, tags: Tags): Promise<Response> {
  const { request, repository, url: { searchParams } } = exchange;
  if (request.method !== "GET" && request.method !== "HEAD") throw unsupported(exchange);
  const all = await tags.list(repository);
  if (all.length === 0) {
    throw new RegistryError("NAME_UNKNOWN", `there is no ${repository} in this registry`);
  }
  const n = searchParams.get("n");
  if (n !== null && !/^\d+$/.test(n)) {
    throw new RegistryError("SIZE_INVALID", `n=${n}: expected a number of tags`);
  }
  const last = searchParams.get("last") ?? "";
  const rest = all.filter((tag) => tag > last);
  const page = n === null ? rest : rest.slice(0, Number(n));
  const list = JSON.stringify({ name: repository, tags: page });
  if (page.length === 0 || page.length === rest.length) {
    return documentResponse(exchange, "application/json", list);
  }
  const next = new URLSearchParams({ n: n!, last: page.at(-1)! });
  const link = `</v2/${repository}/tags/list?${next}>; rel="next"`;
  return documentResponse(exchange, "application/json", list, { link });
}
