/**
 * Programs that are built from Go modules.
 *
 * @module
 */
import { output } from "../process.ts";
import { installOnce } from "./store.ts";

/**
 * Builds a program.
 *
 * @param name what it is called
 * @param pkg its package
 * @param version of the module that the package is in
 * @returns the directory that it is in
 */
export async function installGo(name: string, pkg: string, version: string): Promise<string> {
  return await installOnce(`${name}-${version}`, async (directory) => {
    // A module of our own: `go install pkg@version` refuses a module that replaces another.
    const module = `${directory}/module`;
    await Deno.mkdir(module);
    const options = { cwd: module, env: { GOFLAGS: "-buildvcs=false", GOWORK: "off" } };
    await output(["go", "mod", "init", "tools"], options);
    await output(["go", "get", "-tool", `${pkg}@${version}`], options);
    await output(["go", "build", "-o", `${directory}/${name}`, pkg], options);
  });
}
