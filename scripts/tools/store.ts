/**
 * Where installed tools are kept: outside the tree, one directory for each version, complete or
 * not there at all.
 *
 * @module
 */
import { exists } from "../exists.ts";

/** `$S3CACHE_TOOLS`, or a directory of the user's cache. */
export function storeDirectory(): string {
  const own = Deno.env.get("S3CACHE_TOOLS");
  if (own) return own;
  const home = Deno.env.get("HOME");
  const cache = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  if (!cache) throw new Error("nowhere to install to: set S3CACHE_TOOLS, XDG_CACHE_HOME or HOME");
  return `${cache}/s3cache/tools`;
}

/**
 * Installs something unless it is there. Processes that want the same thing at once wait for the
 * one that started; what a killed one left behind is not taken for the thing itself.
 *
 * @param name what it is, version included
 * @param install writes it to a directory, which it is then renamed from
 * @returns the directory that it is in
 */
export async function installOnce(
  name: string,
  install: (directory: string) => Promise<void>,
): Promise<string> {
  const store = storeDirectory();
  const place = `${store}/${name}`;
  if (await exists(place)) return place;
  await Deno.mkdir(store, { recursive: true });
  using lock = await Deno.open(`${place}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(place)) return place;
  console.error(`tools: installing ${name}`);
  const started = Date.now();
  const temporary = await Deno.makeTempDir({ dir: store, prefix: `${name}.` });
  try {
    await install(temporary);
    await Deno.rename(temporary, place);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true });
    throw error;
  }
  console.error(`tools: installed ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return place;
}
