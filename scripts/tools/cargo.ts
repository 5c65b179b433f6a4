/**
 * Programs that are built from Rust crates.
 *
 * @module
 */
import { output } from "../process.ts";
import { installOnce } from "./store.ts";

/**
 * Builds the programs of a crate, with the dependencies that its authors have locked.
 *
 * @param name the crate
 * @param version exactly
 * @param features of the crate that the program needs
 * @returns the directory of the programs
 */
export async function installCargo(
  name: string,
  version: string,
  features: string[] = [],
): Promise<string> {
  const directory = await installOnce(`${name}-${version}`, async (directory) => {
    await output([
      "cargo",
      "install",
      ...["--locked", "--no-track", "--root", directory],
      ...features.flatMap((feature) => ["--features", feature]),
      `${name}@${version}`,
    ]);
  });
  return `${directory}/bin`;
}
