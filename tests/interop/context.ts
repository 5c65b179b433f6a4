/** Build contexts, the same bytes each time. */
import { tool } from "../../scripts/tools.ts";

/** Sizes of the files of the `sizes` build, in bytes: some around the size of a part. */
const SIZES = [0, 1, 65_536, 8_388_608, 100_000_000];

/** A build that the tests are made with. */
export interface BuildCase {
  /** The Dockerfile. */
  name: string;
  platforms?: readonly string[];
}

/** Between them they have all that a cache can hold. */
export const BUILD_CASES: readonly BuildCase[] = [
  { name: "stages" },
  { name: "link" },
  { name: "mounts" },
  { name: "platforms", platforms: ["linux/amd64", "linux/arm64"] },
  { name: "sizes" },
];

/**
 * Writes the context that all Dockerfiles here build from.
 *
 * @param directory where to; made
 * @param build decides whether the large files are needed
 */
export async function writeContext(directory: string, build: BuildCase): Promise<void> {
  await Deno.mkdir(`${directory}/words`, { recursive: true });
  await Deno.copyFile(await tool("busybox"), `${directory}/busybox`);
  for (const [name, words] of [["a", "one two"], ["b", "three"], ["c", "<&> \u2028 déjà"]]) {
    await Deno.writeTextFile(`${directory}/words/${name}.txt`, `${words}\n`);
  }
  if (build.name !== "sizes") return;
  await Deno.mkdir(`${directory}/sizes`);
  for (const size of SIZES) await Deno.writeFile(`${directory}/sizes/${size}`, noise(size));
}

/**
 * Bytes that do not compress, by the xorshift generator.
 *
 * @param length how many
 * @param seed another seed gives other bytes
 */
export function noise(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2_654_435_761) | 1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}
