import { assert, assertEquals } from "../assert.ts";
import { cli, SECRET, withServer } from "../cli/run.ts";
import { test } from "../harness.ts";
import { withDirectory, writeLocalFixture } from "../temporary_directory.ts";

const TOKEN = "canary-token-4711";

test("the command shows no secret: reports, --json, progress, errors, the debug log", () =>
  withServer((attributes, url) =>
    withDirectory(async (dir) => {
      await writeLocalFixture(`${dir}/from`, "web-min");
      const anonymous = `type=s3,region=us-east-1,bucket=cache,name=app,endpoint_url=${url},` +
        "use_path_style=true";
      const wrong = attributes.replace("bucket=cache", "bucket=other");
      const withToken = `${attributes},session_token=${TOKEN}`;
      const env = {
        S3CACHE_DEBUG: "1",
        AWS_ACCESS_KEY_ID: "AKIA",
        AWS_SECRET_ACCESS_KEY: SECRET,
      };
      const expired = { ...env, AWS_SESSION_TOKEN: TOKEN };
      const runs: [status: number, argv: string[], env: Record<string, string>][] = [
        [0, ["export", `${dir}/from`, "--cache-to", attributes], env],
        [0, ["export", `${dir}/from`, "--cache-to", anonymous, "--json"], env],
        [0, ["import", `${dir}/to`, "--cache-from", attributes, "--json"], env],
        [1, ["import", `${dir}/to`, "--cache-from", withToken], env],
        [1, ["import", `${dir}/to`, "--cache-from", anonymous], expired],
        [1, ["export", `${dir}/from`, "--cache-to", wrong, "--json"], env],
        [1, ["export", `${dir}/gone`, "--cache-to", attributes], env],
        [2, ["export", `${dir}/from`, "--cache-to", `${attributes},secret_key=${SECRET}`], env],
        [2, ["import", `${dir}/to`, "--cache-from", `${attributes},${SECRET}`], env],
        [2, ["import", `${dir}/to`, "--cache-from", `${attributes},session_token="${TOKEN}`], env],
      ];
      for (const [status, argv, env] of runs) {
        const out = await cli(argv, env);
        const text = out.stdout + out.stderr;
        assert(!text.includes(SECRET) && !text.includes(TOKEN), text);
        assertEquals(out.status, status, text);
        assert(text.length > 0);
      }
    })
  ));
