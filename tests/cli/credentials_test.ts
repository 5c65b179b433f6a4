import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { withDirectory, writeFiles, writeLocalFixture } from "../temporary_directory.ts";
import { cli, SECRET, withServer } from "./run.ts";

/** The attributes without what the shared files will say. */
const bare = "type=s3,bucket=cache,name=app,use_path_style=true";

test("region, endpoint and credentials come from a profile", () =>
  withServer((_, url) =>
    withDirectory(async (home) => {
      await writeLocalFixture(`${home}/local`, "web-min");
      await writeFiles(home, {
        ".aws/config": `[profile ci]\nregion = us-east-1\nendpoint_url = ${url}\n`,
        ".aws/credentials": `[ci]\naws_access_key_id = AKIA\naws_secret_access_key = ${SECRET}\n`,
      });
      const env = { HOME: home, AWS_PROFILE: "ci" };
      const out = await cli(["export", `${home}/local`, "--cache-to", bare], env);
      assertEquals(out.status, 0, out.stderr);
      assertStringIncludes(out.stdout, "2 uploaded");
    })
  ));

test("without any credentials, the error tells what was tried, and shows no secret", () =>
  withServer((_, url) =>
    withDirectory(async (home) => {
      await writeLocalFixture(`${home}/local`, "web-min");
      const env = {
        HOME: home,
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL_S3: url,
        AWS_SECRET_ACCESS_KEY: SECRET,
        AWS_EC2_METADATA_DISABLED: "true",
      };
      const out = await cli(["export", `${home}/local`, "--cache-to", bare], env);
      assertEquals(out.status, 1);
      for (const tried of ["AWS_ACCESS_KEY_ID", "profile", "AWS_EC2_METADATA_DISABLED"]) {
        assertStringIncludes(out.stderr, tried);
      }
      assert(!out.stderr.includes(SECRET));
    })
  ));
