/**
 * Programs that are modules of Python.
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
 * @param extra of the package that the program needs
 * @returns the directory for `PYTHONPATH`; a virtual environment could not be moved to its place
 */
export async function installPython(name: string, version: string, extra: string): Promise<string> {
  return await installOnce(`${name}-${version}`, async (directory) => {
    await output([
      "python3",
      ...["-m", "pip", "install", "--quiet", "--no-input", "--target", directory],
      `${name}[${extra}]==${version}`,
    ]);
  });
}
