/**
 * Programs that come as packages of Debian.
 *
 * @module
 */
import { capture, output } from "../process.ts";
import { installOnce } from "./store.ts";

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
  if (!await hasApt()) throw missing(program, pkg);
  console.error(`tools: installing ${pkg}`);
  await aptGet("update");
  await aptGet("install", "--yes", "--no-install-recommends", pkg);
  const installed = await find(program, fits);
  if (!installed) throw new Error(`the package ${pkg} has no ${program} that fits`);
  return installed;
}

/**
 * Takes one program out of a package, and installs nothing: no service starts, and what the machine
 * has under that name stays.
 *
 * @param program in /usr/bin
 * @param packages that have had it; the first one that this Debian knows is taken
 * @returns its path
 * @throws {Error} that tells what to install, where there are no packages and it is not there
 */
export async function unpackDebian(
  program: string,
  packages: [string, ...string[]],
): Promise<string> {
  if (!await hasApt()) {
    const present = await find(program);
    if (!present) throw missing(program, packages.join(" or "));
    return present;
  }
  // Which version it is, Debian's release says.
  const directory = await installOnce(`${program}-debian`, async (directory) => {
    await aptGet("update");
    const pkg = await firstKnown(packages);
    const all = `${directory}/all`;
    await Deno.mkdir(all);
    await output(["apt-get", "--quiet", "download", pkg], { cwd: all });
    const [file] = await Array.fromAsync(Deno.readDir(all));
    await output(["dpkg", "-x", file!.name, "."], { cwd: all });
    await Deno.rename(`${all}/usr/bin/${program}`, `${directory}/${program}`);
    await Deno.remove(all, { recursive: true });
  });
  return `${directory}/${program}`;
}

/** Whether a program runs where there is no library and no loader: it names no interpreter. */
export async function isStatic(path: string): Promise<boolean> {
  using file = await Deno.open(path);
  const head = new Uint8Array(4096);
  const length = await file.read(head) ?? 0;
  return !new TextDecoder("latin1").decode(head.subarray(0, length)).includes("/ld-");
}

async function hasApt(): Promise<boolean> {
  return Deno.uid() === 0 && await find("apt-get") !== undefined;
}

function missing(program: string, pkg: string): Error {
  return new Error(`no ${program}: install it first (Debian: apt-get install ${pkg})`);
}

async function aptGet(...args: string[]): Promise<void> {
  // Two at once: the second waits for the first one's lock.
  await output(["apt-get", "--quiet", "--option", "DPkg::Lock::Timeout=300", ...args], {
    env: { DEBIAN_FRONTEND: "noninteractive" },
  });
}

async function firstKnown(packages: string[]): Promise<string> {
  for (const pkg of packages) {
    if ((await capture(["apt-cache", "show", pkg])).code === 0) return pkg;
  }
  throw new Error(`there is no package ${packages.join(" or ")}`);
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
