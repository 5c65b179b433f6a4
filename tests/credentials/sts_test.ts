import { assumeRoleProvider, CredentialsError, webIdentityProvider } from "s3cache";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { plain } from "./plain.ts";
import { authorizationOf } from "./sigv4.ts";
import { createWorld, NOW, stsError, stsReply } from "./world.ts";

const ROLE = "arn:aws:iam::123456789012:role/cache";
const SOURCE = { accessKeyId: "AKIA", secretAccessKey: "source-secret", sessionToken: "to/k+en=" };
const STS = "POST https://sts.eu-west-1.amazonaws.com/";

test("assume role: a signed request to the region's own STS", async () => {
  const world = createWorld({ replies: { [STS]: stsReply("ASIA") } });
  const provider = assumeRoleProvider({
    ...world,
    source: SOURCE,
    roleArn: ROLE,
    externalId: "x & y/ü",
    sessionName: "build",
    durationSeconds: 3600,
    region: "eu-west-1",
  });
  assertEquals(plain(await provider()), {
    accessKeyId: "ASIA",
    secretAccessKey: "ASIA-secret",
    sessionToken: "ASIA-token",
    expiration: new Date("2026-01-01T01:00:00Z"),
  });
  const [request] = world.sent;
  assertEquals(Object.fromEntries(new URLSearchParams(request!.body)), {
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: ROLE,
    RoleSessionName: "build",
    DurationSeconds: "3600",
    ExternalId: "x & y/ü",
  });
  assertEquals(
    request!.headers.get("content-type"),
    "application/x-www-form-urlencoded; charset=utf-8",
  );
  assertEquals(request!.headers.get("x-amz-security-token"), "to/k+en=");
  assertEquals(request!.headers.get("x-amz-date"), "20260101T000000Z");
  const authorization = request!.headers.get("authorization")!;
  assertStringIncludes(authorization, ";x-amz-security-token,");
  const scope = { region: "eu-west-1", service: "sts" };
  assertEquals(authorization, await authorizationOf(request!, SOURCE, scope));
  const forged = { ...request!, body: request!.body.replace("3600", "7200") };
  assert(authorization !== await authorizationOf(forged, SOURCE, scope));
});

test("assume role: a chain asks each STS with the credentials of the one before", async () => {
  const world = createWorld({
    replies: {
      [STS]: (request) => {
        const signer = request.headers.get("authorization")!.match(/Credential=(\w+)/)![1]!;
        const reply = stsReply(signer === "AKIA" ? "FIRST" : "SECOND");
        return typeof reply === "function" ? reply(request) : Response.error();
      },
    },
  });
  const first = assumeRoleProvider({
    ...world,
    source: SOURCE,
    roleArn: `${ROLE}-1`,
    region: "eu-west-1",
  });
  const second = assumeRoleProvider({
    ...world,
    source: first,
    roleArn: `${ROLE}-2`,
    region: "eu-west-1",
  });
  assertEquals((await second()).accessKeyId, "SECOND");
  const [, request] = world.sent;
  assertEquals(request!.headers.get("x-amz-security-token"), "FIRST-token");
  const keys = { accessKeyId: "FIRST", secretAccessKey: "FIRST-secret" };
  assertEquals(
    request!.headers.get("authorization"),
    await authorizationOf(request!, keys, { region: "eu-west-1", service: "sts" }),
  );
  assertEquals(new URLSearchParams(request!.body).get("DurationSeconds"), "900");
});

test("STS is where the partition or the environment says", async () => {
  const options = { source: SOURCE, roleArn: ROLE };
  const china = createWorld({
    env: { AWS_REGION: "cn-north-1" },
    replies: { "POST https://sts.cn-north-1.amazonaws.com.cn/": stsReply("CN") },
  });
  assertEquals((await assumeRoleProvider({ ...china, ...options })()).accessKeyId, "CN");
  const local = createWorld({
    env: { AWS_DEFAULT_REGION: "us-east-1", AWS_ENDPOINT_URL_STS: "http://localhost:4566/sts" },
    replies: { "POST http://localhost:4566/sts": stsReply("LOCAL") },
  });
  assertEquals((await assumeRoleProvider({ ...local, ...options })()).accessKeyId, "LOCAL");
  const general = createWorld({
    env: { AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://minio:9000" },
    replies: { [STS]: stsReply("AWS") },
  });
  assertEquals((await assumeRoleProvider({ ...general, ...options })()).accessKeyId, "AWS");
});

test("what no URL can be made of is refused before anything is sent", async () => {
  const world = createWorld();
  const cases = [
    [{}, "no region for STS: expected $AWS_REGION"],
    [{ region: "eu-west-1.evil.example/" }, "expected a region of AWS"],
    [{ region: "eu-west-1", endpoint: "ftp://sts" }, "expected an http or https URL"],
    [{ region: "eu-west-1", endpoint: "https://me:hunter2@sts" }, "without user and password"],
  ] as const;
  for (const [options, message] of cases) {
    const provider = assumeRoleProvider({ ...world, ...options, source: SOURCE, roleArn: ROLE });
    const error = await assertRejects(() => provider(), CredentialsError, message);
    assert(!error.message.includes("hunter2"));
  }
  assertEquals(world.sent, []);
});

test("STS refuses: its own words, the role, and no second try", async () => {
  const world = createWorld({ replies: { [STS]: stsError("AccessDenied", "not you") } });
  const provider = assumeRoleProvider({
    ...world,
    source: SOURCE,
    roleArn: ROLE,
    region: "eu-west-1",
  });
  const error = await assertRejects(() => provider(), CredentialsError);
  assertEquals(error.message, `STS AssumeRole of ${ROLE}: AccessDenied: not you`);
  assertEquals(world.sent.length, 1);
});

test("an answer that is none is refused", async () => {
  const world = createWorld();
  const provider = assumeRoleProvider({
    ...world,
    source: SOURCE,
    roleArn: ROLE,
    region: "eu-west-1",
  });
  for (
    const [answer, message] of [
      [new Response("<html>proxy"), "the answer holds no credentials"],
      [new Response("<AssumeRoleResponse/>"), "the answer holds no credentials"],
      [new Response("teapot", { status: 418 }), "HTTP status 418"],
      [new Response(null, { status: 302, headers: { location: "https://evil/" } }), "status 302"],
    ] as const
  ) {
    world.replies[STS] = answer;
    await assertRejects(() => provider(), CredentialsError, message);
  }
  assertEquals(world.sent.length, 4);
});

test("passing failures are tried again, three times in all", async () => {
  const world = createWorld();
  const provider = webIdentityProvider({
    ...world,
    token: () => Promise.resolve("jwt"),
    roleArn: ROLE,
    region: "eu-west-1",
  });
  const answers = [
    stsError("IDPCommunicationError", "try again", 400),
    new Response("busy", { status: 503 }),
  ];
  world.replies[STS] = (request) => {
    const reply = answers.shift() ?? stsReply("ASIA");
    return typeof reply === "function" ? reply(request) as Response : reply as Response;
  };
  assertEquals((await provider()).accessKeyId, "ASIA");
  assertEquals([world.sent.length, world.slept.length], [3, 2]);
  assert(world.slept.every((ms) => ms > 0 && ms <= 5_000));

  world.sent.length = 0;
  world.replies = {};
  const error = await assertRejects(() => provider({ refresh: true }), CredentialsError);
  assertEquals(
    error.message,
    "STS AssumeRoleWithWebIdentity: no answer from sts.eu-west-1.amazonaws.com: " +
      "error sending request for url (sts.eu-west-1.amazonaws.com)",
  );
  assertEquals(world.sent.length, 3);
});

test("web identity: not signed, and its file is read again at each refresh", async () => {
  const world = createWorld({
    env: {
      AWS_REGION: "eu-west-1",
      AWS_ROLE_ARN: ROLE,
      AWS_WEB_IDENTITY_TOKEN_FILE: "/var/run/token",
    },
    files: { "/var/run/token": "first.jwt" },
    replies: { [STS]: stsReply("ASIA") },
  });
  const provider = webIdentityProvider(world);
  assertEquals((await provider()).accessKeyId, "ASIA");
  world.files["/var/run/token"] = "second.jwt";
  world.now = NOW + 56 * 60_000;
  await provider();
  assertEquals(world.sent.length, 2);
  assertEquals(world.sent.map(({ headers }) => headers.get("authorization")), [null, null]);
  assertEquals(
    world.sent.map(({ body }) => new URLSearchParams(body).get("WebIdentityToken")),
    ["first.jwt", "second.jwt"],
  );
  assertEquals(Object.fromEntries(new URLSearchParams(world.sent[0]!.body)), {
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: ROLE,
    RoleSessionName: `s3cache-${NOW}`,
    WebIdentityToken: "first.jwt",
  });
});

test("web identity: what is missing is named", async () => {
  const env = { AWS_REGION: "eu-west-1", AWS_ROLE_ARN: ROLE, AWS_WEB_IDENTITY_TOKEN_FILE: "/t" };
  const cases = [
    [
      { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: "" },
      "expected a token, or $AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    [{ ...env, AWS_WEB_IDENTITY_TOKEN_FILE: "/gone" }, "web identity token /gone: no such file"],
    [{ ...env, AWS_ROLE_ARN: "" }, "expected $AWS_ROLE_ARN"],
  ] as const;
  for (const [env, message] of cases) {
    const world = createWorld({ env, files: { "/t": "jwt" } });
    await assertRejects(() => webIdentityProvider(world)(), CredentialsError, message);
    assertEquals(world.sent, []);
  }
});
