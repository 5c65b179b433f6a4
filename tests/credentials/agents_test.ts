import {
  containerProvider,
  CredentialsError,
  githubActionsProvider,
  imdsProvider,
  ssoProvider,
} from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { plain } from "./plain.ts";
import { createWorld, NOW, stsReply } from "./world.ts";

const KEYS = {
  AccessKeyId: "ASIA",
  SecretAccessKey: "secret",
  Token: "token",
  Expiration: "2026-01-01T06:00:00Z",
};
const PLAIN = {
  accessKeyId: "ASIA",
  secretAccessKey: "secret",
  sessionToken: "token",
  expiration: new Date("2026-01-01T06:00:00Z"),
};

test("ECS: the task's path on the agent", async () => {
  const world = createWorld({
    env: {
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/1",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "https://unused.example/",
    },
    replies: { "GET http://169.254.170.2/v2/credentials/1": Response.json(KEYS) },
  });
  assertEquals(plain(await containerProvider(world)()), PLAIN);
  assertEquals(world.sent[0]!.headers.get("authorization"), null);
});

test("EKS Pod Identity: the token's file is read again at each refresh", async () => {
  const world = createWorld({
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/var/run/token",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "unused",
    },
    files: { "/var/run/token": "one" },
    replies: { "GET http://169.254.170.23/v1/credentials": Response.json(KEYS) },
  });
  const provider = containerProvider(world);
  await provider();
  world.files["/var/run/token"] = "two";
  await provider({ refresh: true });
  assertEquals(world.sent.map(({ headers }) => headers.get("authorization")), ["one", "two"]);
});

test("a container's token goes by http to this machine and the known agents only", async () => {
  const hosts = ["localhost:1", "127.0.0.7", "[::1]:80", "169.254.170.2", "[fd00:ec2::23]"];
  for (const host of hosts) {
    const url = `http://${host}/c`;
    const world = createWorld({
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: "t" },
      replies: { "GET http://": Response.json(KEYS) },
    });
    assertEquals((await containerProvider(world)()).accessKeyId, "ASIA");
    assertEquals(world.sent[0]!.headers.get("authorization"), "t");
  }
  const refused = ["http://192.0.2.1/c", "http://example.com/", "http://127.example.com/", "c:/d"];
  for (const url of refused) {
    const world = createWorld({ env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: url } });
    await assertRejects(
      () => containerProvider(world)(),
      CredentialsError,
      "$AWS_CONTAINER_CREDENTIALS_FULL_URI: expected",
    );
    assertEquals(world.sent, []);
  }
  const secure = createWorld({
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: "https://agent.example/c" },
    replies: { "GET https://agent.example/c": Response.json(KEYS) },
  });
  assertEquals((await containerProvider(secure)()).accessKeyId, "ASIA");
});

test("a container's agent: bad tokens and bad answers", async () => {
  const env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/c" };
  const cases = [
    [{ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: "a\nb" }, KEYS, "without line breaks"],
    [{ ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/gone" }, KEYS, "/gone: no such file"],
    [env, [], "expected a JSON object"],
    [env, { ...KEYS, SecretAccessKey: undefined }, "there is no SecretAccessKey"],
    [env, { ...KEYS, SecretAccessKey: 7 }, "expected a string as SecretAccessKey, got a number"],
    [env, { ...KEYS, Expiration: "soon" }, 'expected a time as Expiration, got "soon"'],
    [{ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "c" }, KEYS, "a path that starts with a slash"],
    [{}, KEYS, "neither $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor"],
  ] as const;
  for (const [env, answer, message] of cases) {
    const world = createWorld({ env, replies: { "GET http://": Response.json(answer) } });
    await assertRejects(() => containerProvider(world)(), CredentialsError, message);
  }
  const world = createWorld({ env, replies: { "GET http://": new Response("", { status: 401 }) } });
  await assertRejects(
    () => containerProvider(world)(),
    CredentialsError,
    "169.254.170.2 answered with HTTP status 401",
  );
});

function instance(base: string) {
  return {
    [`PUT ${base}/latest/api/token`]: new Response("session"),
    [`GET ${base}/latest/meta-data/iam/security-credentials/`]: new Response("builder\nother\n"),
    [`GET ${base}/latest/meta-data/iam/security-credentials/builder`]: Response.json({
      Code: "Success",
      ...KEYS,
    }),
  };
}

test("IMDSv2: a session, the role, its credentials", async () => {
  const world = createWorld({ replies: instance("http://169.254.169.254") });
  assertEquals(plain(await imdsProvider(world)()), PLAIN);
  assertEquals(world.sent.length, 3);
  const [token, ...rest] = world.sent;
  assertEquals(token!.headers.get("x-aws-ec2-metadata-token-ttl-seconds"), "300");
  assertEquals(rest.map(({ headers }) => headers.get("x-aws-ec2-metadata-token")), [
    "session",
    "session",
  ]);
});

test("IMDSv2: by IPv6, or elsewhere", async () => {
  const cases = [
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "ipv6" }, "http://[fd00:ec2::254]"],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://localhost:1338/" }, "http://localhost:1338"],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://proxy/ec2" }, "http://proxy/ec2"],
  ] as const;
  for (const [env, base] of cases) {
    const world = createWorld({ env, replies: instance(base) });
    assertEquals((await imdsProvider(world)()).accessKeyId, "ASIA");
  }
  const world = createWorld({ env: { AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: "IPv5" } });
  await assertRejects(
    () => imdsProvider(world)(),
    CredentialsError,
    'expected IPv4 or IPv6 as the endpoint\'s mode, got "IPv5"',
  );
});

test("IMDSv2: disabled, absent, without a role, refused", async () => {
  const disabled = createWorld({ env: { AWS_EC2_METADATA_DISABLED: "TRUE" } });
  await assertRejects(() => imdsProvider(disabled)(), CredentialsError, "disabled by $AWS_EC2");
  assertEquals(disabled.sent, []);

  const absent = createWorld();
  await assertRejects(() => imdsProvider(absent)(), CredentialsError, "a hop limit of 2");
  assertEquals(absent.sent.length, 2);

  const base = "http://169.254.169.254";
  const credentials = "latest/meta-data/iam/security-credentials/";
  const cases: [string, Response, string][] = [
    [`PUT ${base}/`, new Response("", { status: 403 }), "the session token: answered with HTTP"],
    [`GET ${base}/${credentials}`, new Response("", { status: 404 }), "the instance has no role"],
    [`GET ${base}/${credentials}`, new Response("\n"), "the instance has no role"],
    [
      `GET ${base}/${credentials}builder`,
      Response.json({ Code: "AssumeRoleUnauthorizedAccess", Message: "no trust" }),
      "role builder: AssumeRoleUnauthorizedAccess: no trust",
    ],
  ];
  for (const [line, answer, message] of cases) {
    const world = createWorld({ replies: { ...instance(base), [line]: answer } });
    // The longest start wins: the PUT of a case is shorter than the instance's.
    if (line.startsWith("PUT")) delete world.replies[`PUT ${base}/latest/api/token`];
    await assertRejects(() => imdsProvider(world)(), CredentialsError, message);
  }
});

test("a service that says nothing does not hold anybody up", async () => {
  const never = createWorld();
  let asked = 0;
  never.fetch = (_, init) =>
    new Promise((_, reject) => {
      asked++;
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    });
  const started = Date.now();
  const error = await assertRejects(() => imdsProvider(never)(), CredentialsError);
  assertStringIncludes(error.message, "no answer from 169.254.169.254: no answer within 1000 ms");
  // Two seconds, on a machine that may stand still for a while.
  assert(Date.now() - started < 10_000);
  assertEquals([asked, never.slept.length], [2, 1]);
});

test("a signal ends the question, with its reason", async () => {
  const abort = new AbortController();
  const world = createWorld();
  let aborted = false;
  world.fetch = (_, init) =>
    new Promise((_, reject) => {
      init?.signal?.addEventListener("abort", () => {
        aborted = true;
        reject(init.signal?.reason);
      });
      abort.abort(new RangeError("enough"));
    });
  await assertRejects(
    () => imdsProvider(world)({ signal: abort.signal }),
    RangeError,
    "enough",
  );
  assertEquals(aborted, true);
});

const JOB = {
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://run.actions.example/token?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/cache",
  AWS_REGION: "eu-west-1",
  GITHUB_RUN_ID: "42",
};

test("GitHub Actions: the job's token for the role's credentials, anew at each refresh", async () => {
  let asked = 0;
  const world = createWorld({
    env: JOB,
    replies: {
      "GET https://run.actions.example/token": () => Response.json({ value: `jwt-${++asked}` }),
      "POST https://sts.eu-west-1.amazonaws.com/": stsReply("ASIA"),
    },
  });
  const provider = githubActionsProvider(world);
  assertEquals((await provider()).accessKeyId, "ASIA");
  const [token, sts] = world.sent;
  assertEquals(
    token!.url,
    "https://run.actions.example/token?api-version=2.0&audience=sts.amazonaws.com",
  );
  assertEquals(token!.headers.get("authorization"), "bearer request-token");
  const form = new URLSearchParams(sts!.body);
  assertEquals(form.get("WebIdentityToken"), "jwt-1");
  assertEquals(form.get("RoleSessionName"), "s3cache-run-42");
  assertEquals(sts!.headers.get("authorization"), null);
  world.now = NOW + 56 * 60_000;
  await provider();
  assertEquals(new URLSearchParams(world.sent[3]!.body).get("WebIdentityToken"), "jwt-2");
});

test("GitHub Actions: another audience; what is missing is named", async () => {
  const world = createWorld({
    env: { ...JOB, AWS_REGION: "cn-north-1" },
    replies: {
      "GET https://run.actions.example/token": Response.json({ value: "jwt" }),
      "POST https://sts.cn-north-1.amazonaws.com.cn/": stsReply("CN"),
    },
  });
  const provider = githubActionsProvider({ ...world, audience: "sts.amazonaws.com.cn" });
  assertEquals((await provider()).accessKeyId, "CN");
  assert(world.sent[0]!.url.endsWith("&audience=sts.amazonaws.com.cn"));

  const cases = [
    [{ ...JOB, ACTIONS_ID_TOKEN_REQUEST_URL: "", GITHUB_ACTIONS: "true" }, "id-token: write"],
    [{ ...JOB, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" }, "$ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set"],
    [{ ...JOB, AWS_ROLE_ARN: "" }, "expected $AWS_ROLE_ARN"],
    [{ ...JOB, AWS_REGION: "" }, "no region for STS"],
  ] as const;
  for (const [env, message] of cases) {
    const replies = { "GET https://": Response.json({ value: "jwt" }) };
    const world = createWorld({ env, replies });
    await assertRejects(() => githubActionsProvider(world)(), CredentialsError, message);
  }
  for (const answer of [Response.json({}), new Response("", { status: 403 })]) {
    const world = createWorld({ env: JOB, replies: { "GET https://": answer } });
    await assertRejects(() => githubActionsProvider(world)(), CredentialsError, "OIDC: ");
  }
});

const SSO = {
  accountId: "123456789012",
  roleName: "Dev",
  region: "eu-west-1",
  startUrl: "https://corp.awsapps.example/start",
};
const CACHE = "/home/me/.aws/sso/cache";
/** SHA-1 of the start URL and of `corp`. */
const BY_URL = `${CACHE}/1667e2e8d0e47b926b6e3048caee923410901ca4.json`;
const BY_SESSION = `${CACHE}/ee0bfd2552fbd840c02cc48b6e823320543c450f.json`;
const TOKEN = '{"accessToken":"sso-token","expiresAt":"2026-01-01T08:00:00Z"}';
const PORTAL = "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials";

test("SSO: the cached token for a role's credentials", async () => {
  const reply = Response.json({
    roleCredentials: {
      accessKeyId: "ASIA",
      secretAccessKey: "secret",
      sessionToken: "token",
      expiration: Date.parse("2026-01-01T06:00:00Z"),
    },
  });
  for (const [path, session] of [[BY_URL, undefined], [BY_SESSION, "corp"]] as const) {
    const world = createWorld({ files: { [path]: TOKEN }, replies: { [PORTAL]: reply } });
    assertEquals(plain(await ssoProvider({ ...world, ...SSO, session })()), PLAIN);
    const [request] = world.sent;
    assertEquals(new URL(request!.url).search, "?account_id=123456789012&role_name=Dev");
    assertEquals(request!.headers.get("x-amz-sso_bearer_token"), "sso-token");
  }
});

test("SSO: whoever has to log in again is told how", async () => {
  const expired = TOKEN.replace("T08", "T00");
  const cases = [
    [undefined, undefined, 'no such file; log in with "aws sso login"'],
    [expired, undefined, 'expired at 2026-01-01T00:00:00.000Z; log in with "aws sso login"'],
    ["{}", undefined, "expected accessToken and expiresAt"],
    ["sso-token", undefined, "expected a JSON object"],
    [TOKEN, Response.json({ message: "Session token not found" }, { status: 401 }), "log in with"],
    [TOKEN, Response.json({ message: "No access" }, { status: 403 }), "status 403: No access"],
    [TOKEN, Response.json({}), "there is no accessKeyId"],
  ] as const;
  for (const [token, answer, message] of cases) {
    const world = createWorld({
      files: token === undefined ? {} : { [BY_URL]: token },
      replies: answer ? { [PORTAL]: answer } : {},
    });
    const error = await assertRejects(
      () => ssoProvider({ ...world, ...SSO })(),
      CredentialsError,
      message,
    );
    assert(!error.message.includes("sso-token"));
  }
});
