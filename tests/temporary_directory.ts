/** A directory that lasts as long as one test. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import fixtures from "s3cache-fixtures";

/** Runs a function with a new, empty directory, which is removed afterwards. */
export async function withDirectory(fn: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(`${tmpdir()}/s3cache-test-`);
  try {
    await fn(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes files, by their path in the directory, and the directories that they are in. */
export async function writeFiles(
  dir: string,
  files: Record<string, string | Uint8Array>,
): Promise<void> {
  for (const [path, data] of Object.entries(files)) {
    const full = `${dir}/${path}`;
    await mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await writeFile(full, data);
  }
}

/** Copies a local cache of the fixtures, such as `web-max`, into a directory. */
export async function writeLocalFixture(dir: string, name: string): Promise<void> {
  const prefix = `${name}/local/`;
  await writeFiles(
    dir,
    Object.fromEntries(
      Object.entries(fixtures)
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, data]) => [path.slice(prefix.length), data]),
    ),
  );
}
