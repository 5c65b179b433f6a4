/** The parts of the local caches among the fixtures. */
import fixtures from "s3cache-fixtures";

/** A blob, and its name. */
export interface NamedBlob {
  digest: string;
  data: Uint8Array<ArrayBuffer>;
}

/** A file of the fixtures, which must be there. */
export function fixture(path: string): Uint8Array<ArrayBuffer> {
  const data = fixtures[path];
  if (!data) throw new Error(`no fixture ${path}`);
  return data;
}

/** A file of the fixtures as text. */
export function fixtureText(path: string): string {
  return new TextDecoder().decode(fixture(path));
}

/** The manifest of a local cache, which is the only entry of its index. */
export function localManifest(name: string): NamedBlob {
  const { manifests } = JSON.parse(fixtureText(`${name}/local/index.json`));
  return localBlob(name, manifests[0].digest);
}

/** The cache config of a local cache. */
export function localConfig(name: string): NamedBlob {
  const manifest = JSON.parse(new TextDecoder().decode(localManifest(name).data));
  const { digest } = manifest.config ?? manifest.manifests.at(-1);
  return localBlob(name, digest);
}

function localBlob(name: string, digest: string): NamedBlob {
  const data = fixture(`${name}/local/blobs/sha256/${digest.slice("sha256:".length)}`);
  return { digest, data };
}
