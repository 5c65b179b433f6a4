import { CredentialsError, defaultCredentials, processProvider } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { plain } from "./plain.ts";
import { withDirectory, writeFiles } from "../temporary_directory.ts";

test("a program's output is read", async () => {
  const json = JSON.stringify({
    Version: 1,
    AccessKeyId: "AKIA",
    SecretAccessKey: "sec'ret",
    SessionToken: "tökén",
    Expiration: "2100-01-01T00:00:00Z",
  });
  const provider = processProvider({ command: `printf '%s' '${json.replace("'", "'\\''")}'` });
  assertEquals(plain(await provider()), {
    accessKeyId: "AKIA",
    secretAccessKey: "sec'ret",
    sessionToken: "tökén",
    expiration: new Date("2100-01-01T00:00:00Z"),
  });
});

test("what is wrong with a program is said, without what it printed", async () => {
  const cases = [
    ["echo hunter2; exit 3", "credential_process: ended with 3"],
    ["echo hunter2; kill -9 $$", "credential_process: ended with a signal"],
    ["echo hunter2", "credential_process: expected a JSON object"],
    [`echo '{"SecretAccessKey": "hunter2"}'`, "expected Version 1"],
    [`echo '{"Version": 1, "SecretAccessKey": "hunter2"}'`, "there is no AccessKeyId"],
    ["head -c 2000000 /dev/zero", "credential_process: printed more than 1048576 bytes"],
  ] as const;
  for (const [command, message] of cases) {
    const error = await assertRejects(
      () => processProvider({ command })(),
      CredentialsError,
      message,
    );
    assert(!`${error.message} ${error.stack}`.includes("hunter2"));
  }
});

test("profiles are read from real files, a program in one of them is run", () =>
  withDirectory(async (home) => {
    await writeFiles(home, {
      "keys.json": '{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "s"}',
      ".aws/config": `[profile tool]\ncredential_process = cat ${home}/keys.json\n`,
    });
    const env = { HOME: home, AWS_PROFILE: "tool" };
    assertEquals((await defaultCredentials({ env })()).accessKeyId, "AKIA");
    await assertRejects(
      () => defaultCredentials({ env: { HOME: home, AWS_CONFIG_FILE: `${home}/.aws` } })(),
      CredentialsError,
      `$AWS_CONFIG_FILE ${home}/.aws: is a directory`,
    );
  }));
