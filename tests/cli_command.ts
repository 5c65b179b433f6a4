/** How to run the command as a process: from source on Deno, else the build. */
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * The program and its first arguments, to which the command's own are added.
 *
 * This file is one folder below the root, and so is the bundle that it becomes a part of.
 */
export const cliCommand: [string, ...string[]] = "Deno" in globalThis
  ? [process.execPath, "run", "-A", path("../src/cli/main.ts")]
  : [process.execPath, path("../dist/cli.js")];

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
