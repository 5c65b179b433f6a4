/**
 * The licences of the packages that are inside a bundle, as they ask for.
 *
 * @module
 */
import { ROOT } from "../paths.ts";
import { output } from "../process.ts";

/**
 * Collects the licence texts of packages.
 *
 * @param sources bundles, in which comments name the packages by their specifiers
 * @returns one text
 * @throws {Error} if a package brings no licence
 */
export async function licenseNotices(sources: string[]): Promise<string> {
  const specifiers = sources.flatMap((
    source,
  ) => [...source.matchAll(/\bnpm:((?:@[\w.-]+\/)?[\w.-]+)@(\d[\w.+-]*)\//g)]);
  const packages = new Map(
    specifiers.map(([, name, version]) => [`${name}@${version}`, [name, version]]),
  );
  const cache = await npmCache();
  const notices: string[] = [];
  for (const [id, [name, version]] of [...packages].sort()) {
    notices.push(`${id}\n\n${await readLicense(`${cache}/${name}/${version}`)}`);
  }
  return notices.join("\n\n---\n\n") + "\n";
}

async function readLicense(directory: string): Promise<string> {
  for await (const { name } of Deno.readDir(directory)) {
    if (/^licen[cs]e(\.\w+)?$/i.test(name)) {
      return (await Deno.readTextFile(`${directory}/${name}`)).trim();
    }
  }
  const { license } = JSON.parse(await Deno.readTextFile(`${directory}/package.json`));
  if (typeof license !== "string") throw new Error(`${directory}: no licence`);
  return `Licence: ${license}`;
}

/** The directory of Deno's cache that holds the packages of the registry in use. */
async function npmCache(): Promise<string> {
  const { npmCache } = JSON.parse(await output([Deno.execPath(), "info", "--json"], { cwd: ROOT }));
  for await (const { name, isDirectory } of Deno.readDir(npmCache)) {
    if (isDirectory) return `${npmCache}/${name}`;
  }
  throw new Error(`${npmCache}: no registry's packages`);
}
