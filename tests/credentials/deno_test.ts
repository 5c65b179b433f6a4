/** What only Deno can show: its permissions, and what a bundle for a Worker holds. */
import { output } from "../../scripts/process.ts";
import { ROOT } from "../../scripts/paths.ts";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory } from "../temporary_directory.ts";

/** Asks the default chain, with a few permissions only; gives its message. */
async function explain(permissions: string[], env: Record<string, string>): Promise<string> {
  const code = `
    import process from "node:process";
    import { explainCredentials } from "${ROOT}/mod.ts";
    const { error, credentials } = await explainCredentials({ env: process.env });
    console.log(error?.message ?? credentials.accessKeyId);`;
  return await withDirectoryOf(code, async (path) => {
    const argv = [Deno.execPath(), "run", "--no-prompt", "--quiet", ...permissions, path];
    return await output(argv, { env: { ...env, HOME: "/nowhere" } });
  });
}

async function withDirectoryOf(code: string, run: (path: string) => Promise<string>) {
  let result = "";
  await withDirectory(async (dir) => {
    await Deno.writeTextFile(`${dir}/main.ts`, code);
    result = await run(`${dir}/main.ts`);
  });
  return result;
}

test("Deno without permissions: every missing flag is named, one is enough to go on", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "secret" };
  const none = await explain([], keys);
  assertStringIncludes(none, "run with --allow-env=");
  assertStringIncludes(none, "AWS_ACCESS_KEY_ID");
  assertStringIncludes(none, "--allow-net=169.254.169.254");
  const home = await explain(["--allow-env"], {});
  assertStringIncludes(home, "--allow-read=/nowhere/.aws/config");
  assertStringIncludes(home, "--allow-read=/nowhere/.aws/credentials");
  const some = ["--allow-env=AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY"];
  assertEquals(await explain(some, keys), "AKIA\n");
});

test("Deno without --allow-run: credential_process says so", async () => {
  const code = `
    import { processProvider } from "${ROOT}/mod.ts";
    await processProvider({ command: "true" })().catch((error) => console.log(error.message));`;
  const message = await withDirectoryOf(code, (path) => {
    const argv = [Deno.execPath(), "run", "--no-prompt", "--quiet", "--allow-env", path];
    return output(argv, {});
  });
  assertEquals(message, "credential_process: Deno does not permit it; run with --allow-run\n");
});

test("a Worker that takes a web identity bundles no other provider", async () => {
  const bundle = async (imports: string) => {
    const code = `import { ${imports} } from "${ROOT}/mod.ts";\nconsole.log(${imports});\n`;
    return await withDirectoryOf(
      code,
      (path) => output([Deno.execPath(), "bundle", "--quiet", "--platform", "browser", path], {}),
    );
  };
  const marks = ["node:child_process", "169.254.169.254", "169.254.170.2", "sso/cache", "[profile"];
  const small = await bundle("S3Client, environmentProvider, webIdentityProvider");
  assertStringIncludes(small, "AssumeRoleWithWebIdentity");
  for (const mark of marks) assert(!small.includes(mark), mark);
  const all = await bundle("defaultCredentials");
  for (const mark of marks.slice(0, 4)) assertStringIncludes(all, mark);
});
