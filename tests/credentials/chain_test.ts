import {
  CredentialsError,
  defaultCredentials,
  explainCredentials,
  resolveProfileDefaults,
  sharedConfigProvider,
} from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { createWorld, stsReply, type WorldOptions } from "./world.ts";

const CREDENTIALS = "/home/me/.aws/credentials";
const CONFIG = "/home/me/.aws/config";
const keys = (name: string) =>
  `[${name}]\naws_access_key_id = ${name}\naws_secret_access_key = ${name}-secret\n`;

/** Everything that the chain knows, by its place in the chain. */
const STEPS: () => [source: string, accessKeyId: string, world: WorldOptions][] = () => [
  ["environment", "env", { env: { AWS_ACCESS_KEY_ID: "env", AWS_SECRET_ACCESS_KEY: "s" } }],
  ["web identity ($AWS_WEB_IDENTITY_TOKEN_FILE)", "sts", {
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/token", AWS_ROLE_ARN: "arn", AWS_REGION: "eu-west-1" },
    files: { "/token": "jwt" },
    replies: { "POST https://sts.eu-west-1.": stsReply("sts") },
  }],
  ['profile "default": aws_access_key_id', "default", {
    files: { [CREDENTIALS]: keys("default") },
  }],
  ["container", "ecs", {
    env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/c" },
    replies: {
      "GET http://169.254.170.2/c": Response.json({ AccessKeyId: "ecs", SecretAccessKey: "s" }),
    },
  }],
  ["GitHub Actions", "sts", {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example/",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
      AWS_ROLE_ARN: "arn",
      AWS_REGION: "eu-west-1",
    },
    replies: {
      "GET https://token.example/": Response.json({ value: "jwt" }),
      "POST https://sts.eu-west-1.": stsReply("sts"),
    },
  }],
  ["EC2 instance metadata", "ec2", {
    replies: {
      "PUT http://169.254.169.254/": new Response("t"),
      "GET http://169.254.169.254/": new Response("role"),
      "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/role": Response.json({
        Code: "Success",
        AccessKeyId: "ec2",
        SecretAccessKey: "s",
      }),
    },
  }],
];

test("the chain's order: each source wins over all that come after it", async () => {
  for (const [index, [source, accessKeyId]] of STEPS().entries()) {
    const world = createWorld();
    for (const [, , { env, files, replies }] of STEPS().slice(index).reverse()) {
      Object.assign(world.env, env);
      Object.assign(world.files, files);
      Object.assign(world.replies, replies);
    }
    // The role alone says nothing about where it is assumed from.
    const report = await explainCredentials(world);
    assertEquals([report.source, report.credentials?.accessKeyId], [source, accessKeyId]);
    assertEquals((await defaultCredentials(world)()).accessKeyId, accessKeyId);
    const tried = report.tried.map(({ source }) => source);
    assertEquals(
      tried,
      ["environment", "web identity", 'profile "default"', "container", "GitHub Actions"]
        .slice(0, index),
    );
  }
});

test("a chain that ends empty says what it has tried, and why each had nothing", async () => {
  const world = createWorld();
  const error = await assertRejects(() => defaultCredentials(world)(), CredentialsError);
  assertEquals(error.tried, [
    { source: "environment", reason: "$AWS_ACCESS_KEY_ID is not set" },
    { source: "web identity", reason: "$AWS_WEB_IDENTITY_TOKEN_FILE is not set" },
    {
      source: 'profile "default"',
      reason: `does not exist; ${CONFIG}: no such file; ${CREDENTIALS}: no such file`,
    },
    {
      source: "container",
      reason: "neither $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor " +
        "$AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
    },
    { source: "GitHub Actions", reason: "$ACTIONS_ID_TOKEN_REQUEST_URL is not set" },
    {
      source: "EC2 instance metadata",
      reason: "no answer from 169.254.169.254: error sending request for url (169.254.169.254); " +
        "on an instance, a container needs a hop limit of 2",
    },
  ]);
  assert(error.message.startsWith("no AWS credentials were found; tried, in this order:\n  env"));
  for (const { source, reason } of error.tried) {
    assertStringIncludes(error.message, `\n  ${source}: ${reason}`);
  }
});

test("a source that is configured and fails is the end: no other one is tried", async () => {
  const world = createWorld({
    env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/gone", AWS_ROLE_ARN: "arn", AWS_REGION: "eu-west-1" },
    files: { [CREDENTIALS]: keys("default") },
  });
  const error = await assertRejects(() => defaultCredentials(world)(), CredentialsError);
  assertEquals(error.message, "web identity token /gone: no such file");
  assertEquals(error.tried.map(({ source }) => source), ["environment"]);
});

test("what is half set is said", async () => {
  const cases: [Record<string, string>, string, string][] = [
    [
      { AWS_ACCESS_KEY_ID: "id" },
      "environment",
      "$AWS_SECRET_ACCESS_KEY is not set beside $AWS_ACCESS_KEY_ID",
    ],
    [
      { AWS_SECRET_ACCESS_KEY: "hunter2" },
      "environment",
      "$AWS_ACCESS_KEY_ID is not set beside $AWS_SECRET_ACCESS_KEY",
    ],
    [
      { GITHUB_ACTIONS: "true", AWS_ROLE_ARN: "arn" },
      "GitHub Actions",
      '$ACTIONS_ID_TOKEN_REQUEST_URL is not set: the job lacks "permissions: id-token: write"',
    ],
    [
      { ACTIONS_ID_TOKEN_REQUEST_URL: "https://x/", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" },
      "GitHub Actions",
      "$AWS_ROLE_ARN is not set",
    ],
    [{ AWS_EC2_METADATA_DISABLED: "true" }, "EC2 instance metadata", "disabled by $AWS_EC2"],
  ];
  for (const [env, source, reason] of cases) {
    const { error } = await explainCredentials(createWorld({ env }));
    const found = error?.tried.find((tried) => tried.source === source);
    assertStringIncludes(found?.reason ?? "", reason);
    assert(!error!.message.includes("hunter2"));
  }
});

test("a profile that is asked for goes before the environment", async () => {
  const env = { AWS_ACCESS_KEY_ID: "env", AWS_SECRET_ACCESS_KEY: "s" };
  const world = createWorld({ env, files: { [CREDENTIALS]: keys("ci") } });
  assertEquals((await defaultCredentials({ ...world, profile: "ci" })()).accessKeyId, "ci");
  const error = await assertRejects(
    () => defaultCredentials({ ...world, profile: "prod" })(),
    CredentialsError,
  );
  assertEquals(
    error.message,
    `profile "prod" does not exist; known profiles: ci; ${CONFIG}: no such file`,
  );
});

test("credentials that a tool has rewritten are found at the refresh", async () => {
  const world = createWorld({ files: { [CREDENTIALS]: keys("default") } });
  const provider = defaultCredentials(world);
  assertEquals((await provider()).accessKeyId, "default");
  world.files[CREDENTIALS] = keys("default").replace("= default\n", "= rotated\n");
  assertEquals((await provider()).accessKeyId, "default");
  assertEquals((await provider({ refresh: true })).accessKeyId, "rotated");
  world.env.AWS_ACCESS_KEY_ID = "env";
  world.env.AWS_SECRET_ACCESS_KEY = "s";
  assertEquals((await provider({ refresh: true })).accessKeyId, "env");
});

test("the cache's region decides whose STS is asked", async () => {
  const world = createWorld({
    env: { AWS_REGION: "us-east-1" },
    files: {
      [CONFIG]: "[default]\nrole_arn = arn\nsource_profile = base\nregion = us-west-2\n",
      [CREDENTIALS]: keys("base"),
    },
    replies: { "POST https://sts.eu-west-1.amazonaws.com/": stsReply("role") },
  });
  const options = { ...world, region: "eu-west-1" };
  assertEquals((await defaultCredentials(options)()).accessKeyId, "role");
  assertEquals((await sharedConfigProvider(options)()).accessKeyId, "role");
  assertEquals(
    (await explainCredentials(options)).source,
    'profile "default": role_arn, assumed by profile "base": aws_access_key_id',
  );
});

test("what cannot be done is refused in words", async () => {
  const cases: [config: string, message: string][] = [
    [
      "[default]\nrole_arn = arn\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me\n",
      'profile "default": mfa_serial asks for a code, which nobody is there to type',
    ],
    ["[default]\nlogin_session = arn\n", "login_session is not supported"],
    [
      "[default]\nrole_arn = a\ncredential_source = Moon\n",
      "expected Environment, EcsContainer or",
    ],
    ["[default]\nrole_arn = a\ncredential_source = EcsContainer\n", "neither $AWS_CONTAINER_"],
    ["[default]\nsso_session = corp\n", "there is no section [sso-session corp]"],
    ["[default]\nsso_role_name = dev\n", "SSO needs sso_account_id, sso_region, sso_start_url"],
    [
      "[default]\nsso_session = corp\nsso_region = a\n[sso-session corp]\nsso_region = b\n",
      "sso_region differs from that of [sso-session corp]",
    ],
    ["[default]\nsource_profile = gone\nrole_arn = a\n", 'source_profile "gone" does not exist'],
    ["[default]\nsource_profile = base\n", "source_profile needs role_arn beside it"],
    ["[default]\naws_access_key_id = a\n", "expected aws_access_key_id and aws_secret_access_key"],
    [
      "[default]\nrole_arn = a\nsource_profile = base\ncredential_process = x\n",
      "expected one source of credentials, got source_profile and credential_process",
    ],
  ];
  for (const [config, message] of cases) {
    const world = createWorld({ files: { [CONFIG]: config, [CREDENTIALS]: keys("base") } });
    await assertRejects(() => defaultCredentials(world)(), CredentialsError, message);
    await assertRejects(() => sharedConfigProvider(world)(), CredentialsError, message);
    assertEquals(world.sent, []);
  }
  const nothing = createWorld({ files: { [CONFIG]: "[default]\nregion = eu-west-1\n" } });
  await assertRejects(
    () => sharedConfigProvider(nothing)(),
    CredentialsError,
    `profile "default" says nothing about credentials; ${CREDENTIALS}: no such file`,
  );
});

test("variables that are neither true nor false are refused", async () => {
  const world = createWorld({ env: { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "yes" } });
  await assertRejects(
    () => resolveProfileDefaults(world),
    CredentialsError,
    '$AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: expected true or false, got "yes"',
  );
});
