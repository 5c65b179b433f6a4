/** Secrets are planted everywhere, and looked for in everything that anybody may print. */
import {
  assumeRoleProvider,
  containerProvider,
  type Credentials,
  credentials,
  CredentialsError,
  defaultCredentials,
  environmentProvider,
  explainCredentials,
  githubActionsProvider,
  imdsProvider,
  memoize,
  parseAttributes,
  resolveProfileDefaults,
  S3Client,
  S3Error,
  sharedConfigProvider,
  ssoProvider,
  webIdentityProvider,
} from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { createWorld, stsError, type World } from "./world.ts";

const CANARY = "c4n4ry";
const SECRET = `${CANARY}-secret`;
const TOKEN = `${CANARY}-token`;
const PLANTED = { accessKeyId: "AKIA", secretAccessKey: SECRET, sessionToken: TOKEN };

/** All ways to make text of a value that a runtime has. */
async function renderings(value: unknown): Promise<string[]> {
  const texts = [String(value), `${value}`, JSON.stringify(value) ?? "", JSON.stringify([value])];
  if (typeof value === "object" && value !== null) {
    texts.push(JSON.stringify({ ...value }), JSON.stringify(Object.entries(value)));
    texts.push(Object.getOwnPropertyNames(value).join());
  }
  if (value instanceof Error) {
    texts.push(value.message, String(value.stack));
    if (value.cause !== undefined) texts.push(...await renderings(value.cause));
  }
  if ("Deno" in globalThis) {
    const options = { depth: 20, showHidden: true, iterableLimit: 1e6, strAbbreviateSize: 1e6 };
    texts.push(Deno.inspect(value, options), Deno.inspect({ value }, options));
  }
  if (globalThis.navigator?.userAgent !== "Cloudflare-Workers") {
    const nodeUtil = "node:util";
    const { format, inspect } = await import(nodeUtil);
    texts.push(inspect(value, { depth: 20, showHidden: true, getters: false }));
    texts.push(inspect({ value }), format("%s %o %O %j", value, value, value, value));
  }
  if ("Bun" in globalThis) {
    const { Bun } = globalThis as unknown as { Bun: { inspect(value: unknown): string } };
    texts.push(Bun.inspect(value), Bun.inspect({ value }));
  }
  return texts;
}

async function assertNoCanary(value: unknown, what: string): Promise<void> {
  for (const text of await renderings(value)) {
    assert(!text.includes(CANARY), `${what}: ${text.replaceAll(CANARY, "(canary)")}`);
  }
}

test("the search finds what is not guarded", async () => {
  const found = async (value: unknown) =>
    (await renderings(value)).filter((text) => text.includes(CANARY)).length;
  assert(await found(PLANTED) > 3);
  assert(await found(new Error(SECRET)) > 2);
  assert(await found(new Error("x", { cause: new Error(SECRET) })) > 2);
});

test("credentials print themselves redacted, and give their secrets only by name", async () => {
  const given = credentials({ ...PLANTED, expiration: new Date(0) });
  await assertNoCanary(given, "credentials");
  await assertNoCanary(() => given, "a provider");
  assertEquals([given.secretAccessKey, given.sessionToken], [SECRET, TOKEN]);
  assertEquals(JSON.parse(JSON.stringify(given)), {
    accessKeyId: "AKIA",
    secretAccessKey: "[redacted]",
    sessionToken: "[redacted]",
    expiration: "1970-01-01T00:00:00.000Z",
  });
  assertEquals(
    `${credentials({ accessKeyId: "AKIA", secretAccessKey: SECRET })}`,
    'Credentials {"accessKeyId":"AKIA","secretAccessKey":"[redacted]"}',
  );
});

test("attributes give guarded credentials, from the text and from the environment", async () => {
  const start = "type=s3,bucket=cache,region=eu-west-1";
  const keys = `access_key_id=AKIA,secret_access_key=${SECRET},session_token=${TOKEN}`;
  const env = {
    AWS_ACCESS_KEY_ID: "AKIA",
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: TOKEN,
  };
  for (const [text, env_] of [[`${start},${keys}`, {}], [start, env]] as const) {
    const options = parseAttributes(text, { direction: "export", env: env_ });
    assertEquals(options.credentials?.secretAccessKey, SECRET);
    await assertNoCanary(options, text === start ? "environment" : "attributes");
  }
});

const ENV = {
  AWS_ACCESS_KEY_ID: "AKIA",
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SESSION_TOKEN: TOKEN,
  AWS_REGION: "eu-west-1",
};
const ROLE = { roleArn: "arn:aws:iam::123456789012:role/cache", region: "eu-west-1" };
const SSO = { accountId: "1", roleName: "dev", region: "eu-west-1", startUrl: "https://corp/" };
/** Named by the SHA-1 of the start URL. */
const SSO_CACHE = "/home/me/.aws/sso/cache/245e5aae3f2f5bb7b63d17b63a2d2f886ca59465.json";

/** Each provider, in a world where secrets are wherever it looks. */
const PROVIDERS: [name: string, make: (world: World) => Promise<unknown>][] = [
  ["environment", (world) => environmentProvider({ env: { ...world.env, ...ENV } })()],
  ["shared config", (world) => sharedConfigProvider(world)()],
  ["default", (world) => defaultCredentials(world)()],
  ["explain", (world) => explainCredentials(world)],
  ["explain environment", (world) => explainCredentials({ ...world, env: ENV })],
  ["profile defaults", (world) => resolveProfileDefaults(world)],
  ["memoize", () => memoize(() => Promise.resolve(PLANTED))()],
  ["assume role", (world) => assumeRoleProvider({ ...world, ...ROLE, source: PLANTED })()],
  [
    "web identity",
    (world) => webIdentityProvider({ ...world, ...ROLE, token: () => Promise.resolve(TOKEN) })(),
  ],
  ["web identity file", (world) => webIdentityProvider({ ...world, ...ROLE, tokenFile: "/t" })()],
  [
    "GitHub Actions",
    (world) =>
      githubActionsProvider({
        ...world,
        ...ROLE,
        env: {
          ACTIONS_ID_TOKEN_REQUEST_URL: `https://token.example/?${TOKEN}`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: TOKEN,
        },
      })(),
  ],
  ["SSO", (world) => ssoProvider({ ...world, ...SSO })()],
  [
    "container",
    (world) =>
      containerProvider({
        ...world,
        env: {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1/${TOKEN}`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN,
        },
      })(),
  ],
  ["metadata", (world) => imdsProvider(world)()],
];

const JSON_KEYS = {
  Code: "Success",
  AccessKeyId: "ASIA",
  SecretAccessKey: SECRET,
  Token: TOKEN,
  value: TOKEN,
  roleCredentials: { accessKeyId: "ASIA", secretAccessKey: SECRET, sessionToken: TOKEN },
};

function sts(): Response {
  const keys = `<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>${SECRET}` +
    `</SecretAccessKey><SessionToken>${TOKEN}</SessionToken>` +
    "<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials>";
  return new Response(
    `<R><AssumeRoleResult>${keys}</AssumeRoleResult>` +
      `<AssumeRoleWithWebIdentityResult>${keys}</AssumeRoleWithWebIdentityResult></R>`,
  );
}

/** How the world may answer: as it should, with secrets in the wrong place, or not at all. */
const WORLDS: () => [name: string, replies: World["replies"]][] = () => [
  ["all is well", {
    "GET ": Response.json(JSON_KEYS),
    "PUT ": new Response(TOKEN),
    "POST ": sts(),
  }],
  ["secrets in bad answers", {
    "GET ": new Response(`${SECRET} {"AccessKeyId"`),
    "PUT ": new Response(TOKEN, { status: 403 }),
    "POST ": new Response(`<x>${SECRET}`),
  }],
  ["fields of other types", {
    "GET ": Response.json({ ...JSON_KEYS, AccessKeyId: [SECRET], roleCredentials: [SECRET] }),
    "PUT ": new Response(TOKEN),
    "POST ": stsError("AccessDenied"),
  }],
  ["refusals", {
    "GET ": new Response(SECRET, { status: 400 }),
    "PUT ": new Response(TOKEN),
    "POST ": new Response(SECRET, { status: 400 }),
  }],
  ["nobody answers, and the runtime repeats the URL", {}],
];

test("no result and no error of a provider shows a secret", async () => {
  let succeeded = 0;
  let failed = 0;
  const worlds = WORLDS();
  for (const [circumstances, replies] of worlds) {
    for (const [name, provide] of PROVIDERS) {
      const world = createWorld({
        replies,
        files: {
          "/t": TOKEN,
          [SSO_CACHE]: JSON.stringify({
            accessToken: TOKEN,
            expiresAt: "2030-01-01T00:00:00Z",
          }),
          "/home/me/.aws/config": `[default]\nrole_arn = arn\nsource_profile = base\n` +
            `region = eu-west-1\n[profile base]\naws_access_key_id = AKIA\n` +
            `aws_secret_access_key = ${SECRET}\naws_session_token = ${TOKEN}\n`,
        },
      });
      try {
        await assertNoCanary(await provide(world), `${name}, ${circumstances}`);
        succeeded++;
      } catch (error) {
        assert(error instanceof CredentialsError, String(error));
        await assertNoCanary(error, `${name}, ${circumstances}`);
        failed++;
      }
    }
  }
  assertEquals(succeeded + failed, worlds.length * PROVIDERS.length);
  assert(succeeded >= 20 && failed >= 20, `${succeeded} succeeded, ${failed} failed`);
});

test("broken files are told about without their text", async () => {
  const world = createWorld();
  for (
    const config of [
      `[default]\naws_secret_access_key = ${SECRET}\n`,
      `[default]\naws_access_key_id = AKIA\naws_secret_access_key ${SECRET}\n`,
      `[default]\nrole_arn = a\nsource_profile = b\n[profile b]\naws_session_token = ${TOKEN}\n`,
    ]
  ) {
    world.files["/home/me/.aws/config"] = config;
    const error = await assertRejects(() => sharedConfigProvider(world)(), CredentialsError);
    await assertNoCanary(error, "a broken file");
  }
});

test("no error, event or client of S3 shows a secret, nor the URL that it presigns", async () => {
  const given: Credentials = credentials(PLANTED);
  const events: unknown[] = [];
  const client = new S3Client({
    bucket: "cache",
    region: "eu-west-1",
    credentials: given,
    fetch: (url, init) => {
      const signed = new Headers(init?.headers);
      assertEquals(signed.get("x-amz-security-token"), TOKEN);
      return Promise.reject(new TypeError(`error sending request for url (${url})`));
    },
    retry: { maxAttempts: 1 },
    onRequest: (event) => events.push(event),
  });
  const url = await client.presign("GET", "a", { expiresIn: 60 });
  // The token is a part of such a URL, the secret key never is.
  assert(url.includes(TOKEN) && !url.includes(SECRET));
  const error = await assertRejects(() => client.get("a"), S3Error);
  await assertNoCanary(error, "an error");
  await assertNoCanary(client, "a client");
  await assertNoCanary(events, "events");
  assertEquals(events.length, 1);
  const presignError = await assertRejects(async () => {
    await client.presign("GET", "a", { expiresIn: -1 });
  });
  await assertNoCanary(presignError, "an error of presign");
});
