import { assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { cli, SECRET, withServer } from "./run.ts";

test("doctor finds nothing wrong with a good bucket, and names what is wrong with another", () =>
  withServer(async (attributes) => {
    const good = await cli(["doctor", "--cache", attributes]);
    assertEquals([good.status, good.stderr], [0, ""], good.stdout);
    assertMatch(good.stdout, /^ok {6}credentials: from the options$/m);
    assertMatch(good.stdout, /^ok {6}delete: an object can be deleted$/m);
    assertEquals(good.stdout.includes(SECRET), false);
    const bad = await cli(["doctor", "--cache", attributes.replace("bucket=cache", "bucket=none")]);
    assertEquals(bad.status, 3);
    assertMatch(bad.stdout, /^PROBLEM list: .*NoSuchBucket.*\n {8}fix: create bucket none/m);
    const json = await cli(["doctor", "--read-only", "--json", "--cache", attributes]);
    const { problems, checks } = JSON.parse(json.stdout);
    assertEquals([json.status, problems, checks.at(-1).name], [0, 0, "lifecycle"]);
  }));

test("doctor tells which credentials it has looked for", () =>
  withServer(async (attributes) => {
    const anonymous = attributes.replace(/,access_key_id=.*/, "");
    const out = await cli(["doctor", "--cache", anonymous], {
      HOME: "/nowhere",
      AWS_EC2_METADATA_DISABLED: "true",
    });
    assertEquals(out.status, 3);
    assertStringIncludes(out.stdout, "PROBLEM credentials: no AWS credentials were found");
    assertStringIncludes(out.stdout, "$AWS_ACCESS_KEY_ID");
  }));
