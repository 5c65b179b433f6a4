/** The commands of the examples for CI, run as they stand there. */
import { readFile } from "node:fs/promises";
import { assert, assertEquals } from "../assert.ts";
import { cli, withServer } from "../cli/run.ts";
import { test } from "../harness.ts";
import { withDirectory, writeLocalFixture } from "../temporary_directory.ts";

for (const file of ["github-actions.yml", "gitlab-ci.yml"]) {
  test(`examples/${file}: its commands work, one after the other`, () =>
    withServer((attributes) =>
      withDirectory(async (dir) => {
        const text = await readFile(`examples/${file}`, "utf8");
        const commands = [...text.matchAll(/- (?:run: )?s3cache (.+)$/gm)].map(([, rest]) => rest!);
        assertEquals(commands.map((command) => command.split(" ")[0]), [
          "import",
          "export",
          "prune",
          "verify",
        ]);
        // What the build between import and export leaves.
        await writeLocalFixture(`${dir}/.cache`, "web-max");
        for (const command of commands) {
          const argv = command
            .replaceAll(/\$(GITHUB_REF_NAME|CI_COMMIT_REF_SLUG)/g, "branch")
            .replaceAll("$CACHE", attributes.replace("name=app,", ""))
            .replace(/ \.cache /, ` ${dir}/.cache `)
            .replaceAll('"', "")
            .split(" ");
          const out = await cli(argv);
          assertEquals([command, out.status, out.stderr.includes("warning")], [command, 0, false]);
          assert(out.stdout !== "");
        }
      })
    ));
}
