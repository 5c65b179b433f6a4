/**
 * Programs that come as npm packages.
 *
 * @module
 */
import { output } from "../process.ts";
import { installOnce } from "./store.ts";

/**
 * Installs a package with all that it needs.
 *
 * @param name the package
 * @param version exactly
 * @returns the directory of the programs that it brings
 */
export async function installNpm(name: string, version: string): Promise<string> {
  const directory = await installOnce(`${name}-${version}`, async (directory) => {
    await output([
      "npm",
      "install",
      "--no-save",
      "--no-package-lock",
      "--no-audit",
      "--no-fund",
      "--prefix",
      directory,
      `${name}@${version}`,
    ], { cwd: directory });
  });
  return `${directory}/node_modules/.bin`;
}
