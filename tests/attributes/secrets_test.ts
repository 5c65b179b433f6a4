import { AttributeError, environmentCredentials, parseAttributes } from "s3cache";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import * as fc from "../fast_check.ts";
import { plain } from "../credentials/plain.ts";
import { test } from "../harness.ts";

/** What a text leads to: all messages, joined. Any other error than AttributeError is a failure. */
function said(text: string): string {
  const messages: string[] = [];
  try {
    parseAttributes(text, { direction: "export", onWarning: (message) => messages.push(message) });
  } catch (error) {
    if (!(error instanceof AttributeError)) throw error;
    messages.push(`${error.message} ${error.key} ${error.value} ${error.expected} ${error.stack}`);
  }
  return messages.join("\n");
}

test("any text gives options or an AttributeError", () => {
  const field = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(
      fc.constantFrom("type", "bucket", "region", "name", "prefix", "mode", "endpoint_url", "acl"),
      fc.string({ unit: "binary" }),
    ).map(([key, value]) => `${key}=${value}`),
  );
  fc.assert(fc.property(fc.array(field), (fields) => {
    said(fields.join(","));
    said(`type=s3,region=eu-west-1,bucket=cache,${fields.join(",")}`);
  }));
});

// Not a word that occurs in any message, and like no attribute's name.
const CANARY = "QX7WKZJ";

const secret = fc.tuple(fc.string(), fc.string(), fc.string())
  .map(([before, between, after]) => before + CANARY + between + CANARY + after);

test("no message shows a secret, whatever is in it and wherever it is cut", () => {
  const key = fc.constantFrom(
    "access_key_id",
    "secret_access_key",
    "session_token",
    "Secret_Access_Key",
    "secret_acces_key",
    "token",
    "ghtoken",
  );
  const rest = fc.constantFrom("", ",mode=x", ",", ",bucket", ",zzz=1", ',"', "\n", "=", ",a,b");
  fc.assert(
    fc.property(key, secret, rest, fc.boolean(), (key, secret, rest, quoted) => {
      const field = `${key}=${secret}`;
      const written = quoted ? `"${field.replaceAll('"', '""')}"` : field;
      for (const start of ["type=s3,region=eu-west-1,bucket=cache,", "type=s3,", "type=gha,", ""]) {
        const messages = said(start + written + rest);
        assert(!messages.toLowerCase().includes(CANARY.toLowerCase()), messages);
      }
    }),
    { numRuns: 500 },
  );
});

test("a secret that broke at its comma is not shown, but the place is", () => {
  const start = "type=s3,region=eu-west-1,bucket=cache,";
  for (
    const [text, place] of [
      [`secret_access_key=a,${CANARY}`, "field 5, just after secret_access_key"],
      [`secret_access_key=a,${CANARY}=b`, "the field just after secret_access_key"],
      [`secret_access_key=a,${CANARY}=b,${CANARY}`, "field 6, just after secret_access_key"],
      [`secret_acces_key=a,${CANARY}`, "field 5, just after an unknown attribute"],
    ] as const
  ) {
    const messages = said(start + text);
    assert(messages.includes(place), messages);
    assert(!messages.toLowerCase().includes(CANARY.toLowerCase()), messages);
  }
});

test("keys that no header can carry are refused, without being shown", () => {
  const start = "type=s3,region=eu-west-1,bucket=cache,";
  for (
    const [attributes, key] of [
      [`access_key_id=${CANARY} ,secret_access_key=s`, "access_key_id"],
      [`access_key_id=ä${CANARY},secret_access_key=s`, "access_key_id"],
      [`access_key_id=a,secret_access_key= ${CANARY}`, "secret_access_key"],
      [`access_key_id=a,secret_access_key=${CANARY}\t`, "secret_access_key"],
      [`access_key_id=a,secret_access_key=s,session_token=${CANARY}\x00`, "session_token"],
    ] as const
  ) {
    const error = assertThrows(
      () => parseAttributes(start + attributes, { direction: "export" }),
      AttributeError,
    );
    assertEquals([error.key, error.value], [key, undefined]);
    assert(!error.message.includes(CANARY));
  }
});

test("the environment's credentials: a whole key pair or none, empty counts as unset", () => {
  const pair = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  assertEquals(plain(environmentCredentials(pair)), {
    accessKeyId: "id",
    secretAccessKey: "secret",
  });
  assertEquals(environmentCredentials({ ...pair, AWS_SESSION_TOKEN: "t" })?.sessionToken, "t");
  assertEquals(environmentCredentials({ ...pair, AWS_SESSION_TOKEN: "" })?.sessionToken, undefined);
  assertEquals(environmentCredentials({ AWS_ACCESS_KEY_ID: "id" }), undefined);
  assertEquals(environmentCredentials({ ...pair, AWS_ACCESS_KEY_ID: "" }), undefined);
  assertEquals(environmentCredentials({}), undefined);
});
