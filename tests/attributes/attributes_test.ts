import { AttributeError, parseAttributes, type ParseAttributesOptions } from "s3cache";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { plain } from "../credentials/plain.ts";
import { test } from "../harness.ts";

const BASE = "type=s3,region=eu-west-1,bucket=cache";

function parse(text: string, options: Partial<ParseAttributesOptions> = {}) {
  return parseAttributes(text, { direction: "export", ...options });
}

function refused(text: string, options: Partial<ParseAttributesOptions> = {}): AttributeError {
  return assertThrows(() => parse(text, options), AttributeError);
}

function warnings(text: string, options: Partial<ParseAttributesOptions> = {}): string[] {
  const heard: string[] = [];
  parse(text, { ...options, onWarning: (message) => heard.push(message) });
  return heard;
}

test("what is not given has BuildKit's defaults", () => {
  assertEquals(parse(BASE), {
    type: "s3",
    bucket: "cache",
    region: "eu-west-1",
    names: ["buildkit"],
    endpointUrl: undefined,
    prefix: "",
    blobsPrefix: "blobs/",
    manifestsPrefix: "manifests/",
    usePathStyle: false,
    credentials: undefined,
    uploadParallelism: 4,
    touchRefreshMs: 86_400_000,
    mode: undefined,
    ignoreError: false,
    disableAcceptEncoding: false,
    retryMode: undefined,
    retryMaxAttempts: undefined,
    merge: false,
    storageClass: undefined,
    acl: undefined,
    sse: undefined,
    sseKmsKeyId: undefined,
    anonymous: false,
  });
});

test("every attribute arrives in its field, for both directions", () => {
  const text = [
    "type=s3",
    "region=eu-west-1",
    "bucket=cache",
    "name=app;main",
    "endpoint_url=http://localhost:9000/base",
    "prefix=team/",
    "blobs_prefix=b/",
    "manifests_prefix=",
    "use_path_style=true",
    "access_key_id=AKIA",
    '"secret_access_key=a,b""c=="',
    "session_token=token",
    "upload_parallelism=8",
    "touch_refresh=1h30m",
    "mode=max",
    "ignore-error=T",
    "disable_accept_encoding=1",
    "retry_mode=adaptive",
    "retry_max_attempts=7",
    "merge=true",
    "storage_class=STANDARD_IA",
    "acl=bucket-owner-full-control",
    "sse=aws:kms",
    "sse_kms_key_id=arn:aws:kms:eu-west-1:123456789012:key/1234-abcd",
    "anonymous=false",
  ].join(",");
  const expected = {
    type: "s3",
    bucket: "cache",
    region: "eu-west-1",
    names: ["app", "main"],
    endpointUrl: "http://localhost:9000/base",
    prefix: "team/",
    blobsPrefix: "b/",
    manifestsPrefix: "",
    usePathStyle: true,
    credentials: {
      accessKeyId: "AKIA",
      secretAccessKey: 'a,b"c==',
      sessionToken: "token",
    },
    uploadParallelism: 8,
    touchRefreshMs: 5_400_000,
    mode: "max",
    ignoreError: true,
    disableAcceptEncoding: true,
    retryMode: "adaptive",
    retryMaxAttempts: 7,
    merge: true,
    storageClass: "STANDARD_IA",
    acl: "bucket-owner-full-control",
    sse: "aws:kms",
    sseKmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/1234-abcd",
    anonymous: false,
  } as const;
  for (const direction of ["export", "import"] as const) {
    const options = parse(text, { direction });
    assertEquals<unknown>({ ...options, credentials: plain(options.credentials) }, expected);
    assertEquals(warnings(text, { direction }), []);
  }
});

test("keys are read in any case, values as they are", () => {
  const options = parse("Type=s3,REGION=eu-west-1,Bucket=ci,NAME=App,Ignore-Error=True");
  assertEquals(options.names, ["App"]);
  assertEquals(options.ignoreError, true);
});

test("a value may hold an equals sign", () => {
  assertEquals(parse(`${BASE},name=a=b`).names, ["a=b"]);
});

test("touch_refresh is in milliseconds, fractions and negative ones too", () => {
  for (
    const [text, milliseconds] of [
      ["24h", 86_400_000],
      ["1.5h", 5_400_000],
      ["90s", 90_000],
      ["-1s", -1_000],
      ["0", 0],
      ["1500us", 1.5],
      ["1ns", 0.000001],
    ] as const
  ) {
    assertEquals(parse(`${BASE},touch_refresh=${text}`).touchRefreshMs, milliseconds, text);
  }
});

test("region and bucket come from the environment if the text has none", () => {
  const env = { AWS_REGION: "us-east-2", AWS_BUCKET: "from-env" };
  const options = parse("type=s3", { env });
  assertEquals([options.region, options.bucket], ["us-east-2", "from-env"]);
  const both = parse(BASE, { env });
  assertEquals([both.region, both.bucket], ["eu-west-1", "cache"]);
});

test("nothing is read from an environment that was not given", () => {
  assertEquals(refused("type=s3,region=eu-west-1").key, "bucket");
  assertEquals(refused("type=s3,bucket=cache").key, "region");
});

test("an empty variable is an error, as it counts for BuildKit, unless an attribute wins", () => {
  const env = { AWS_REGION: "" };
  const error = refused("type=s3,bucket=cache", { env });
  assertEquals([error.key, error.value], ["region", ""]);
  assertStringIncludes(error.message, 'region="" from $AWS_REGION is empty');
  assertEquals(parse(BASE, { env }).region, "eu-west-1");
});

test("credentials of the attributes win over the environment's, as a whole", () => {
  const env = {
    AWS_ACCESS_KEY_ID: "env-id",
    AWS_SECRET_ACCESS_KEY: "env-secret",
    AWS_SESSION_TOKEN: "env-token",
  };
  assertEquals(plain(parse(BASE, { env }).credentials), {
    accessKeyId: "env-id",
    secretAccessKey: "env-secret",
    sessionToken: "env-token",
  });
  assertEquals(plain(parse(`${BASE},access_key_id=id,secret_access_key=s`, { env }).credentials), {
    accessKeyId: "id",
    secretAccessKey: "s",
  });
  assertEquals(parse(`${BASE},anonymous=true`, { env }).credentials, undefined);
});

test("an empty session token is none: long-lived keys have none", () => {
  const text = `${BASE},access_key_id=id,secret_access_key=s,session_token=`;
  assertEquals(plain(parse(text).credentials), { accessKeyId: "id", secretAccessKey: "s" });
});

test("half a key pair, or a session token alone, is refused", () => {
  const env = { AWS_ACCESS_KEY_ID: "env-id", AWS_SECRET_ACCESS_KEY: "env-secret" };
  for (
    const [attributes, key, problem] of [
      ["access_key_id=id", "secret_access_key", "is not given"],
      ["secret_access_key=s", "access_key_id", "is not given"],
      ["session_token=t", "session_token", "is given alone"],
      ["access_key_id=,secret_access_key=", "access_key_id", "is empty"],
      ["access_key_id=id,secret_access_key=", "secret_access_key", "is empty"],
    ] as const
  ) {
    const error = refused(`${BASE},${attributes}`, { env });
    assertEquals([error.key, error.value], [key, undefined], attributes);
    assertStringIncludes(error.message, `--cache-to: ${key} ${problem}; expected `);
  }
});

test("a name given twice counts once", () => {
  assertEquals(parse(`${BASE},name=a;b;a`).names, ["a", "b"]);
});

test("a repeated attribute is warned about; the last one counts, as for buildx", () => {
  const text = `${BASE},mode=min,mode=max`;
  assertEquals(parse(text).mode, "max");
  assertEquals(warnings(text), ["--cache-to: mode is given more than once; the last one counts"]);
});

test("attributes of BuildKit's other caches are warned about, each", () => {
  const others = "account_name account_url compression compression-level container dest digest " +
    "force-compression ghtoken image-manifest oci-mediatypes ref registry.insecure repository " +
    "reset scope src tag timeout token url url_v2 version";
  for (const key of others.split(" ")) {
    const [warning, ...more] = warnings(`${BASE},${key}=hidden`, { direction: "import" });
    assertEquals(more, []);
    assertStringIncludes(warning!, `--cache-from: ${key} has no effect on type=s3`);
    assert(!warning!.includes("hidden"));
  }
});

test("another type of cache is named as what it is", () => {
  for (
    const [text, value, message] of [
      ["type=local,dest=dir", "local", "a cache in a directory"],
      ["type=registry,ref=user/app", "registry", "a cache in an image registry"],
      ["type=gha,scope=x", "gha", "the cache of GitHub Actions"],
      ["type=inline", "inline", "a cache inside an image"],
      ["type=azblob,account_url=x", "azblob", "Azure Blob Storage"],
      ["type=S3", "S3", "no type of build cache"],
      ["type=", "", "is empty"],
      ["user/app:cache", "registry", '"user/app:cache"'],
      ["user/app:a,user/app:b", "registry", "a bare reference"],
    ] as const
  ) {
    const error = refused(text);
    assertEquals([error.key, error.value], ["type", value]);
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.expected, '"s3"');
  }
});

test("the type is required", () => {
  const error = refused("region=eu-west-1,bucket=cache");
  assertEquals([error.key, error.value], ["type", undefined]);
});

test("syntax errors say where and what, for the text as a whole", () => {
  for (
    const [text, message] of [
      ["", "the text is empty"],
      ["\n", "the text is empty"],
      ["type=s3\nregion=eu-west-1", "more than one line"],
      ['type=s3,"name=a\nb"', "more than one line"],
      ['type=s3,name="a,b"', 'a quote (") is out of place'],
      ['type=s3,"name=a', 'a quote (") is out of place'],
      ["type=s3,", "field 2 is empty"],
      ["type=s3,,bucket=cache", "field 2 is empty"],
      ["type=s3,bucket", 'field 2, "bucket", has no "="'],
    ] as const
  ) {
    const error = refused(text);
    assertEquals([error.key, error.value], [undefined, undefined]);
    assertStringIncludes(error.message, message);
  }
});

test("an unknown attribute is refused, with what was most likely meant", () => {
  for (
    const [written, meant] of [
      ["buckte", "bucket"],
      ["names", "name"],
      ["ignore_error", "ignore-error"],
      ["endpoint", "endpoint_url"],
      ["path_style", "use_path_style"],
      ["uploadparallelism", "upload_parallelism"],
      ["kms_key_id", "sse_kms_key_id"],
      [" mode", "mode"],
    ] as const
  ) {
    const error = refused(`${BASE},${written}=hidden`);
    assertEquals([error.key, error.value], [written, undefined]);
    assertStringIncludes(error.message, `did you mean "${meant}"?`);
    assert(!error.message.includes("hidden"));
  }
});

test("an unknown attribute that is like no other gets the whole list", () => {
  for (const key of ["zzz", "", "constructor", "__proto__"]) {
    const error = refused(`${BASE},${key}=1`);
    assertEquals(error.key, key);
    assertStringIncludes(error.expected, "one of access_key_id, acl, anonymous, blobs_prefix");
  }
});

test("a bad value is refused with key, value and what was expected", () => {
  const booleans = ["use_path_style", "ignore-error", "disable_accept_encoding", "merge"];
  for (
    const [key, value, expected] of [
      ...booleans.flatMap((key) =>
        ["", "yes", "tRUE", "2"].map((value) => [key, value, "true or false"] as const)
      ),
      ...["", "1", "1d", "1h30", "3000000h", "h"].map((value) =>
        ["touch_refresh", value, "a duration"] as const
      ),
      ...["", "0", "-1", "1.5", "1e3", " 4", "1_0", "1001", "99999999999999999999"].flatMap((
        value,
      ) => [
        ["upload_parallelism", value, "a whole number from 1 to 1000"] as const,
        ["retry_max_attempts", value, "a whole number from 1 to 1000"] as const,
      ]),
      ...["", "Min", "MAX", "all"].map((value) => ["mode", value, '"min" or "max"'] as const),
      ...["", "Standard", "legacy"].map((value) =>
        ["retry_mode", value, '"standard" or "adaptive"'] as const
      ),
      ...["", "a/b", "s3://cache", "a b", "..", "a..b", "-a", "ä"].map((
        value,
      ) => ["bucket", value, "a bucket's name"] as const),
      ["bucket", "arn:aws:s3:eu-west-1:1:accesspoint/x", "the alias of an access point"],
      ...["", "eu west", "evil.example/x", "a:b", "@", "-x"].map((value) =>
        ["region", value, "a region"] as const
      ),
    ] as const
  ) {
    const error = refused(`type=s3,region=eu-west-1,bucket=cache,${key}=${value}`);
    assertEquals([error.key, error.value], [key, value]);
    assertStringIncludes(error.expected, expected);
    const problem = error.message.replace(`--cache-to: ${key}=${JSON.stringify(value)} is `, "");
    assert(problem.length < error.message.length, error.message);
    assert(problem.endsWith(`; expected ${error.expected}`), error.message);
  }
});

test("a bucket that AWS cannot have needs an endpoint", () => {
  for (const bucket of ["CACHE", "my_bucket", "x".repeat(64)]) {
    const text = `type=s3,region=eu-west-1,bucket=${bucket}`;
    assertStringIncludes(refused(text).message, "cannot be a bucket of AWS");
    assertEquals(parse(`${text},endpoint_url=http://localhost:9000`).bucket, bucket);
  }
});

test("a bucket's name has an end", () => {
  const text = "type=s3,region=eu-west-1,endpoint_url=http://localhost:9000,bucket=";
  assertEquals(parse(text + "b".repeat(255)).bucket.length, 255);
  assertEquals(refused(text + "b".repeat(256)).key, "bucket");
});

test("messages name the place that the text came from", () => {
  assertStringIncludes(refused("type=x", { direction: "import" }).message, "--cache-from: type");
  assertStringIncludes(refused("type=x", { source: "--cache" }).message, "--cache: type");
});

test("a long value is cut in the message, and control characters are escaped", () => {
  const { message } = refused(`${BASE},mode=${"x".repeat(5000)}\x1b[2J`);
  assert(message.length < 300);
  assertStringIncludes(refused(`${BASE},mode=\x1b[2J`).message, "\\u001b[2J");
});
