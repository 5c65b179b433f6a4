/**
 * Programs that come as packages of Debian.
 *
 * @module
 */
import { output } from "../process.ts";

/**
 * Finds a program, and installs its package where that is possible and it is missing.
 *
 * @param program the program
 * @param pkg the package that has it
 * @param fits whether a program of this name is the one that is meant
 * @returns its path
 * @throws {Error} that tells what to install, where this process cannot
 */
export async function installDebian(
  program: string,
  pkg: string,
  fits: (path: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string> {
  const present = await find(program, fits);
  if (present) return present;
  if (Deno.uid() !== 0 || !await find("apt-get")) {
    throw new Error(`no ${program}: install it first (Debian: apt-get install ${pkg})`);
  }
  console.error(`tools: installing ${pkg}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  // Two at once: the second waits for the first one's lock.
  const aptGet = ["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=300"];
  await output([...aptGet, "update"], { env });
  await output([...aptGet, "install", "--yes", "--no-install-recommends", pkg], { env });
  const installed = await find(program, fits);
  if (!installed) throw new Error(`the package ${pkg} has no ${program} that fits`);
  return installed;
}

/** Whether a program runs where there is no library and no loader: it names no interpreter. */
export async function isStatic(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const head = new Uint8Array(4096);
  const length = await file.read(head) ?? 0;
  return !new TextDecoder("latin1").decode(head.subarray(0, length)).includes("/ld-");
}

async function find(
  program: string,
  fits: (path: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<string | undefined> {
  const path = Deno.env.get("PATH") ?? "";
  for (const directory of [...path.split(":"), "/usr/sbin", "/sbin"]) {
    const candidate = `${directory || "."}/${program}`;
    try {
      if ((await Deno.stat(candidate)).isFile && await fits(candidate)) return candidate;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
