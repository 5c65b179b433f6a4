import { S3Client } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { s3Error, scripted } from "./scripted.ts";

test("a URL names its key, time, lifetime, region and what is signed", async () => {
  const { client, sent } = scripted([new Response()]);
  const url = new URL(await client.presign("GET", "a b+/é", { expiresIn: 3600 }));
  assertEquals(url.origin + url.pathname, "https://s3.test/cache/a%20b%2B/%C3%A9");
  const query = Object.fromEntries(url.searchParams);
  assertEquals(query["X-Amz-Signature"]?.length, 64);
  delete query["X-Amz-Signature"];
  assertEquals(query, {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKIA/20260101/us-east-1/s3/aws4_request",
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Expires": "3600",
    "X-Amz-SignedHeaders": "host",
  });
  assertEquals(sent.length, 0, "nothing is sent");
});

test("the method is signed: a URL for one is none for another", async () => {
  const { client } = scripted([new Response()]);
  const urls = await Promise.all(
    (["GET", "HEAD", "PUT", "DELETE"] as const).map((method) =>
      client.presign(method, "k", { expiresIn: 60 })
    ),
  );
  assertEquals(new Set(urls).size, 4);
});

test("a lifetime is whole seconds, up to a week", async () => {
  const { client } = scripted([new Response()]);
  for (const expiresIn of [0, -1, 0.5, 604_801, NaN, Infinity]) {
    await assertRejects(() => client.presign("GET", "k", { expiresIn }), TypeError, "expiresIn");
  }
});

test("credentials are asked for, and their session token is in the URL", async () => {
  const { client } = scripted([new Response()], {
    credentials: () =>
      Promise.resolve({ accessKeyId: "ASIA", secretAccessKey: "s", sessionToken: "to/ke+n=" }),
  });
  const url = new URL(await client.presign("GET", "k", { expiresIn: 60 }));
  assertEquals(url.searchParams.get("X-Amz-Security-Token"), "to/ke+n=");
});

test("without credentials a URL has no signature", async () => {
  const client = new S3Client({ bucket: "cache", region: "us-east-1" });
  assertEquals(
    await client.presign("GET", "k", { expiresIn: 60 }),
    "https://cache.s3.us-east-1.amazonaws.com/k",
  );
});

test("a URL is of the region and by the clock that S3 has corrected", async () => {
  const { client } = scripted([
    s3Error(403, "RequestTimeTooSkewed", "", { date: "Thu, 01 Jan 2026 02:00:00 GMT" }),
    s3Error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"),
    new Response(),
  ]);
  await client.head("k");
  const url = new URL(await client.presign("GET", "k", { expiresIn: 60 }));
  assertEquals(url.searchParams.get("X-Amz-Date"), "20260101T020000Z");
  assert(url.searchParams.get("X-Amz-Credential")?.includes("/eu-west-1/"), url.search);
});
