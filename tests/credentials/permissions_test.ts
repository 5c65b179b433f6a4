import {
  containerProvider,
  CredentialsError,
  defaultCredentials,
  explainCredentials,
  resolveProfileDefaults,
  webIdentityProvider,
} from "s3cache";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { createWorld } from "./world.ts";

/** What Deno throws where a permission is missing. */
function notCapable(message: string): Error {
  return Object.assign(new Error(message), { name: "NotCapable" });
}

/** An environment of which only some variables may be seen. */
function guarded(env: Record<string, string>, allowed: string[]): Record<string, string> {
  return new Proxy(env, {
    get(target, name: string) {
      if (allowed.includes(name)) return target[name];
      throw notCapable(`Requires env access to "${name}", run again with the --allow-env flag`);
    },
  });
}

test("variables that Deno hides count as unset, and are named when nothing is found", async () => {
  const world = createWorld({ env: { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "s" } });
  const seen = guarded(world.env, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
  assertEquals((await defaultCredentials({ ...world, env: seen })()).accessKeyId, "id");

  const blind = guarded(world.env, ["HOME"]);
  const { error } = await explainCredentials({ ...world, env: blind });
  const hint = error!.tried.at(-1)!;
  assertEquals(hint.source, "environment");
  assertStringIncludes(hint.reason, "Deno does not permit it; run with --allow-env=");
  const names = hint.reason.split("--allow-env=")[1]!.split(",");
  for (
    const name of [
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_PROFILE",
      "AWS_CONFIG_FILE",
      "AWS_WEB_IDENTITY_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_EC2_METADATA_DISABLED",
    ]
  ) {
    assertEquals(names.filter((given) => given === name).length, 1, name);
  }
  assertEquals(await resolveProfileDefaults({ ...world, env: blind }), {
    region: undefined,
    endpointUrl: undefined,
    fips: undefined,
    dualstack: undefined,
    retryMode: undefined,
    maxAttempts: undefined,
  });
});

test("files and hosts that Deno hides are named with the flag", async () => {
  const world = createWorld({
    env: {
      AWS_REGION: "eu-west-1",
      AWS_ROLE_ARN: "arn",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:81/c",
    },
  });
  world.readFile = (path) =>
    Promise.reject(notCapable(`Requires read access to "${path}", run again with --allow-read`));
  world.fetch = () => Promise.reject(notCapable("Requires net access"));
  await assertRejects(
    () => webIdentityProvider({ ...world, tokenFile: "/var/run/token" })(),
    CredentialsError,
    "web identity token /var/run/token: Deno does not permit it; " +
      "run with --allow-read=/var/run/token",
  );
  await assertRejects(
    () => containerProvider(world)(),
    CredentialsError,
    "container credentials: Deno does not permit it; run with --allow-net=127.0.0.1:81",
  );
  await assertRejects(
    () => webIdentityProvider({ ...world, token: () => Promise.resolve("jwt") })(),
    CredentialsError,
    "run with --allow-net=sts.eu-west-1.amazonaws.com",
  );
  // It will not be permitted a moment later.
  assertEquals(world.slept, []);
  delete world.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  const { error } = await explainCredentials(world);
  assertStringIncludes(error!.message, "--allow-read=/home/me/.aws/config");
  assertStringIncludes(error!.message, "--allow-read=/home/me/.aws/credentials");
  assertStringIncludes(error!.message, "--allow-net=169.254.169.254");
  await assertRejects(
    () => resolveProfileDefaults({ ...world, profile: "ci" }),
    CredentialsError,
    'profile "ci" does not exist; known profiles: none; /home/me/.aws/config: Deno does not',
  );
});
