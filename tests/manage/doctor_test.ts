import {
  type Check,
  diagnose,
  type DiagnoseOptions,
  type Diagnosis,
  explainCredentials,
  exportCache,
} from "s3cache";
import { assert, assertEquals, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { localFixture, testBucket } from "../transfer/bucket.ts";

type Bucket = ReturnType<typeof testBucket>;

/** A bucket whose clock goes on while somebody waits. */
function doctored(bucket: Bucket = testBucket()) {
  const settings: DiagnoseOptions = {
    fetch: bucket.fetch,
    clock: bucket.clock,
    sleep: (ms) => Promise.resolve(bucket.advance(ms / 3_600_000)),
  };
  return { bucket, settings };
}

const statuses = ({ checks }: Diagnosis) =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));
const find = ({ checks }: Diagnosis, name: string): Check => {
  const found = checks.find((check) => check.name === name);
  assert(found, `${name} among ${checks.map(({ name }) => name)}`);
  return found;
};
const refuse = (code: string, status: number) =>
  new Response(`<Error><Code>${code}</Code><Message>no</Message></Error>`, { status });

test("a good bucket: nothing is wrong, and nothing is left behind", async () => {
  const { bucket, settings } = doctored();
  await exportCache(localFixture("web-min"), bucket.options(), bucket);
  const before = await bucket.objects();
  const diagnosis = await diagnose(bucket.options(), settings);
  const { tls, ...others } = statuses(diagnosis);
  assertEquals(tls, "warning");
  assertEquals(others, {
    credentials: "ok",
    endpoint: "ok",
    clock: "ok",
    region: "ok",
    list: "ok",
    head: "ok",
    put: "ok",
    get: "ok",
    copy: "ok",
    multipart: "ok",
    conditions: "ok",
    delete: "ok",
    lifecycle: "ok",
  });
  assertEquals(diagnosis.problems, 0);
  assertEquals(await bucket.objects(), before);
  assert(!JSON.stringify(diagnosis).includes("secret"));
});

test("read-only sends nothing but GET and HEAD", async () => {
  const { bucket, settings } = doctored();
  const diagnosis = await diagnose(bucket.options(), { ...settings, readOnly: true });
  assertEquals(find(diagnosis, "write").status, "skipped");
  assert(bucket.requests.every(({ method }) => method === "GET" || method === "HEAD"));
});

test("each permission that lacks is named, and the others are tried all the same", async () => {
  const cases: [name: string, isIt: (request: Request) => boolean, permission: string][] = [
    ["list", ({ url }) => url.includes("list-type"), "s3:ListBucket"],
    ["put", ({ method }) => method === "PUT", "s3:PutObject"],
    ["get", ({ method, url }) => method === "GET" && url.includes("probe"), "s3:GetObject"],
    ["copy", ({ headers }) => headers.has("x-amz-copy-source"), "s3:PutObject"],
    ["multipart", ({ url }) => url.includes("uploads="), "s3:AbortMultipartUpload"],
  ];
  for (const [name, isIt, permission] of cases) {
    const { bucket, settings } = doctored();
    bucket.intercept = (request) => isIt(request) ? refuse("AccessDenied", 403) : undefined;
    const diagnosis = await diagnose(bucket.options(), settings);
    assertEquals([name, diagnosis.problems], [name, 1]);
    const check = find(diagnosis, name);
    assertEquals(check.status, "problem");
    assertStringIncludes(check.fix!, permission);
    bucket.intercept = undefined;
    assertEquals(Object.keys(await bucket.objects()).length, 0);
  }
});

test("the 403 for what is absent means that listing is not allowed", async () => {
  const { bucket, settings } = doctored();
  bucket.intercept = ({ method }) =>
    method === "HEAD" ? new Response(null, { status: 403 }) : undefined;
  const head = find(await diagnose(bucket.options(), { ...settings, readOnly: true }), "head");
  assertEquals(head.status, "problem");
  assertStringIncludes(head.fix!, "s3:ListBucket");
});

test("what cannot work is told once, with its fix", async () => {
  const cases: [code: string, status: number, endpointUrl: string, fix: string][] = [
    ["NoSuchBucket", 404, "http://s3.test", "create bucket cache"],
    ["InvalidAccessKeyId", 403, "http://s3.test", "access key"],
    ["SignatureDoesNotMatch", 403, "http://s3.test", "a proxy on the way"],
    [
      "SignatureDoesNotMatch",
      403,
      "https://storage.googleapis.com",
      "disable_accept_encoding=true",
    ],
    ["ExpiredToken", 400, "http://s3.test", "log in again"],
  ];
  for (const [code, status, endpointUrl, fix] of cases) {
    const { bucket, settings } = doctored();
    bucket.intercept = () => refuse(code, status);
    const diagnosis = await diagnose(bucket.options({ endpointUrl }), settings);
    assertEquals([code, diagnosis.problems], [code, 1]);
    assertStringIncludes(find(diagnosis, "list").fix!, fix);
    assert(bucket.requests.every(({ method }) => method === "GET"));
  }
});

test("an endpoint that does not answer, and a certificate that is not trusted", async () => {
  for (
    const [message, fix] of [
      ["connection refused", "host and port"],
      ["invalid peer certificate: UnknownIssuer", "certificate is not trusted"],
    ] as const
  ) {
    const { bucket, settings } = doctored();
    const diagnosis = await diagnose(bucket.options(), {
      ...settings,
      fetch: () => Promise.reject(new TypeError(message)),
    });
    assertEquals(diagnosis.checks.map(({ name, status }) => [name, status]), [
      ["credentials", "ok"],
      ["endpoint", "problem"],
    ]);
    assertStringIncludes(diagnosis.checks[1]!.fix!, fix);
  }
});

test("a wrong clock and a wrong region: corrected by us, not by BuildKit", async () => {
  const { bucket, settings } = doctored();
  const ahead = await diagnose(bucket.options(), {
    ...settings,
    clock: () => bucket.clock() + 20 * 60_000,
    readOnly: true,
  });
  assertEquals([find(ahead, "clock").status, find(ahead, "list").status], ["problem", "ok"]);
  const elsewhere = doctored(testBucket({ region: "eu-west-1" }));
  const moved = await diagnose(elsewhere.bucket.options(), {
    ...elsewhere.settings,
    readOnly: true,
  });
  assertEquals(find(moved, "region").status, "problem");
  assertStringIncludes(find(moved, "region").fix!, "region=eu-west-1");
});

test("a server that does not move LastModified, and one that ignores conditions", async () => {
  const { bucket, settings } = doctored();
  // Without waiting the copy is as old as what it copies.
  const still = await diagnose(bucket.options(), { ...settings, sleep: () => Promise.resolve() });
  assertEquals(find(still, "copy").status, "warning");
  assertStringIncludes(find(still, "copy").fix!, "lifecycle");
  const ignoring = await diagnose(bucket.options(), {
    ...settings,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.delete("if-none-match");
      return bucket.fetch(input, { ...init, headers });
    },
  });
  assertStringIncludes(find(ignoring, "conditions").message, "ifNoneMatch");
});

test("a proxy that takes headers away or says that it is there", async () => {
  const { bucket, settings } = doctored();
  const diagnosis = await diagnose(bucket.options(), {
    ...settings,
    fetch: async (input, init) => {
      const response = await bucket.fetch(input, init);
      const headers = new Headers(response.headers);
      headers.delete("x-amz-meta-s3cache-probe");
      headers.set("via", "1.1 squid");
      return new Response(response.body, { status: response.status, headers });
    },
  });
  assertEquals([find(diagnosis, "proxy").status, find(diagnosis, "get").status], [
    "warning",
    "warning",
  ]);
  assertStringIncludes(find(diagnosis, "get").message, "x-amz-meta-*");
});

test("lifecycle rules are held against touch_refresh", async () => {
  const rule = (inner: string, status = "Enabled") =>
    `<LifecycleConfiguration><Rule><ID>r</ID><Status>${status}</Status>${inner}</Rule>` +
    "</LifecycleConfiguration>";
  const days = (days: number, prefix = "") =>
    `<Filter><Prefix>${prefix}</Prefix></Filter><Expiration><Days>${days}</Days></Expiration>`;
  const cases: [rules: string, status: string, message: string][] = [
    [rule(days(2)), "problem", "deletes after 2 days"],
    [rule(days(3)), "ok", "none is too early"],
    [rule(days(1, "blobs/")), "problem", "deletes after 1 days"],
    [rule(days(1, "logs/")), "ok", "no rule applies"],
    [rule(days(1), "Disabled"), "ok", "no rule applies"],
    [
      rule(
        "<Prefix></Prefix><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>",
      ),
      "problem",
      "GLACIER",
    ],
  ];
  for (const [rules, status, message] of cases) {
    const { bucket, settings } = doctored();
    bucket.intercept = ({ url }) => url.includes("?lifecycle") ? new Response(rules) : undefined;
    const diagnosis = await diagnose(bucket.options(), { ...settings, readOnly: true });
    const check = find(diagnosis, "lifecycle");
    assertEquals([rules, check.status], [rules, status]);
    assertStringIncludes(check.message, message);
  }
  const { bucket, settings } = doctored();
  bucket.intercept = ({ url }) =>
    url.includes("?lifecycle") ? refuse("AccessDenied", 403) : undefined;
  const diagnosis = await diagnose(bucket.options(), { ...settings, readOnly: true });
  assertEquals([find(diagnosis, "lifecycle").status, diagnosis.problems], ["skipped", 0]);
  assertStringIncludes(find(diagnosis, "lifecycle").fix!, "s3:GetLifecycleConfiguration");
});

test("credentials: where they come from, never what they are", async () => {
  const { bucket, settings } = doctored();
  const explain = (env: Record<string, string>) =>
    explainCredentials({ env: { HOME: "/nowhere", AWS_EC2_METADATA_DISABLED: "true", ...env } });
  const env = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "canary-4711" };
  const good = await diagnose(bucket.options(), {
    ...settings,
    readOnly: true,
    credentialsReport: await explain(env),
  });
  assertStringIncludes(find(good, "credentials").message, "from environment");
  assert(!JSON.stringify(good).includes("4711"));
  const report = await explain({});
  const none = await diagnose(
    { ...bucket.options(), credentials: () => Promise.reject(report.error) },
    { ...settings, credentialsReport: report },
  );
  assertEquals(none.checks.map(({ name, status }) => [name, status]), [["credentials", "problem"]]);
  assertEquals(bucket.requests.filter(({ method }) => method === "PUT"), []);
});
