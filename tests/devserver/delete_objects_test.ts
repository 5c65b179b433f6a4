import { createHash } from "../../src/runtime/hash.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { type Answer, errorOf, startClient, type TestClient } from "./client.ts";
import { readXml } from "../../src/s3/xml.ts";

async function deleteBatch(
  { call }: TestClient,
  body: string,
  headers?: Record<string, string>,
): Promise<Answer> {
  return await call("POST", "/test-bucket?delete", {
    body,
    headers: headers ?? { "content-md5": await md5Base64(body) },
  });
}

async function md5Base64(text: string): Promise<string> {
  const md5 = await createHash("MD5");
  await md5.update(new TextEncoder().encode(text));
  const bytes = (await md5.hex()).match(/../g)!.map((byte) => parseInt(byte, 16));
  return btoa(String.fromCharCode(...bytes));
}

const batch = (keys: string[], rest = "") =>
  `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
  keys.map((key) => `<Object><Key>${key}</Key></Object>`).join("") + `${rest}</Delete>`;

const keysOf = ({ text }: Answer, name: string) =>
  readXml(text)!.all(name).map((item) => item.get("Key"));

test("a batch deletes what is there, and what is not", async () => {
  const client = startClient();
  await client.put("/test-bucket/a%26b", "x");
  await client.put("/test-bucket/keep", "x");
  const answer = await deleteBatch(client, batch(["a&amp;b", "none"]));
  assertEquals([answer.status, keysOf(answer, "Deleted")], [200, ["a&b", "none"]]);
  assertEquals(errorOf(await client.call("GET", "/test-bucket/a%26b")), "404 NoSuchKey");
  assertEquals((await client.call("GET", "/test-bucket/keep")).status, 200);
});

test("a quiet batch names only what went wrong", async () => {
  const client = startClient();
  await client.put("/test-bucket/a", "x");
  const keys = ["a", "k".repeat(1025)];
  const answer = await deleteBatch(client, batch(keys, "<Quiet>true</Quiet>"));
  assertEquals(keysOf(answer, "Deleted"), []);
  const [error] = readXml(answer.text)!.all("Error");
  assertEquals([error!.get("Key"), error!.get("Code")], [keys[1], "KeyTooLongError"]);
  assertEquals(errorOf(await client.call("GET", "/test-bucket/a")), "404 NoSuchKey");
});

test("an object of a batch may be named with its ETag", async () => {
  const client = startClient();
  const etag = await client.put("/test-bucket/a", "x");
  await client.put("/test-bucket/b", "x");
  const item = (key: string, etag: string) =>
    `<Object><Key>${key}</Key><ETag>"${etag}"</ETag></Object>`;
  const answer = await deleteBatch(client, batch([], item("a", etag) + item("b", "other")));
  assertEquals(keysOf(answer, "Deleted"), ["a"]);
  assertEquals(readXml(answer.text)!.all("Error").map((e) => e.get("Code")), [
    "PreconditionFailed",
  ]);
});

test("a batch needs a digest, which must be right", async () => {
  const client = startClient();
  const body = batch(["a"]);
  assertEquals(errorOf(await deleteBatch(client, body, {})), "400 InvalidRequest");
  const md5 = { "content-md5": await md5Base64("other") };
  assertEquals(errorOf(await deleteBatch(client, body, md5)), "400 BadDigest");
  const checksum = (value: string) => ({ "x-amz-checksum-crc32": value });
  assertEquals(errorOf(await deleteBatch(client, body, checksum("AAAAAA=="))), "400 BadDigest");
});

test("a batch has a thousand keys at most, and one at least", async () => {
  const client = startClient();
  const keys = Array.from({ length: 1001 }, (_, i) => String(i));
  assertEquals((await deleteBatch(client, batch(keys.slice(1)))).status, 200);
  assertEquals(errorOf(await deleteBatch(client, batch(keys))), "400 MalformedXML");
  assertEquals(errorOf(await deleteBatch(client, batch([]))), "400 MalformedXML");
  assertEquals(errorOf(await deleteBatch(client, batch([""]))), "400 MalformedXML");
  assertEquals(errorOf(await deleteBatch(client, "<Delete>")), "400 MalformedXML");
});
