/** Local caches, read as plainly as possible: not by the code that is tested. */

/** What a local cache with one entry holds. */
export interface LocalCache {
  /** The digest of the image manifest. */
  digest: string;
  /** The image manifest. */
  manifest: string;
  /** The cache config. */
  config: string;
}

/** Reads the only entry of a local cache. */
export async function readLocalCache(directory: string): Promise<LocalCache> {
  const { manifests } = JSON.parse(await Deno.readTextFile(`${directory}/index.json`));
  if (manifests.length !== 1) throw new Error(`${directory} has ${manifests.length} entries`);
  const read = (digest: string) =>
    Deno.readTextFile(`${directory}/blobs/sha256/${digest.replace("sha256:", "")}`);
  const digest: string = manifests[0].digest;
  const manifest = await read(digest);
  return { digest, manifest, config: await read(JSON.parse(manifest).config.digest) };
}
