/** Directories, to compare. */
import { createHash } from "node:crypto";

/**
 * The files below a directory, each with its mode, size and SHA-256; links with their targets.
 *
 * @param directory where to look
 * @returns a line for each, sorted
 */
export async function describeTree(directory: string): Promise<string[]> {
  const lines: string[] = [];
  const visit = async (path: string) => {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(`${directory}${path}`)) {
      const child = `${path}/${name}`;
      if (isSymlink) {
        lines.push(`${child} -> ${await Deno.readLink(`${directory}${child}`)}`);
      } else if (isDirectory) {
        await visit(child);
      } else {
        const bytes = await Deno.readFile(`${directory}${child}`);
        const { mode } = await Deno.stat(`${directory}${child}`);
        const digest = createHash("sha256").update(bytes).digest("hex");
        lines.push(`${child} ${mode?.toString(8)} ${bytes.length} ${digest}`);
      }
    }
  };
  await visit("");
  return lines.sort();
}
