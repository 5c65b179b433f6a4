import { S3Client, S3Error } from "s3cache";
import { readXml } from "../../src/s3/xml.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { collect } from "../collect.ts";
import { test } from "../harness.ts";
import { createFaultProxy, type FaultRule, requestsOf } from "../servers/fault_proxy.ts";
import { startS3 } from "../servers/s3_server.ts";
import { s3Error, scripted, type Sent } from "./scripted.ts";

const done = () => Promise.resolve(new Response("<DeleteResult/>"));

function keysIn({ body }: Sent): string[] {
  const xml = readXml(new TextDecoder().decode(body))!;
  return xml.all("Object").map((object) => object.get("Key")!);
}

test("1,000 keys are deleted in a request", async () => {
  const { client, sent } = scripted([done]);
  const keys = Array.from({ length: 2001 }, (_, index) => `k${index}`);
  const { deleted, errors } = await client.deleteMany(keys);
  assertEquals([deleted, errors], [keys, []]);
  assertEquals(sent.map((request) => keysIn(request).length), [1000, 1000, 1]);
  assertEquals(sent.flatMap(keysIn), keys);
});

test("a batch carries the checksum that S3 wants of it", async () => {
  const { client, sent } = scripted([done]);
  await client.deleteMany(["a"]);
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(sent[0]!.body!));
  assertEquals(
    sent[0]!.headers.get("x-amz-checksum-sha256"),
    btoa(String.fromCharCode(...new Uint8Array(digest))),
  );
  assertEquals(sent[0]!.url.search, "?delete=");
});

test("nothing to delete is no request", async () => {
  const { client, sent } = scripted([done]);
  assertEquals(await client.deleteMany([]), { deleted: [], errors: [] });
  assertEquals(sent.length, 0);
});

test("keys that could not be deleted are told, each with its reason", async () => {
  const { client } = scripted([
    new Response(
      "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error>" +
        "</DeleteResult>",
    ),
  ]);
  assertEquals(await client.deleteMany(["a", "b", "c"]), {
    deleted: ["a", "c"],
    errors: [{ key: "b", code: "AccessDenied", message: "no" }],
  });
});

test("a key that no text can hold is refused before anything is deleted", async () => {
  const { client, sent } = scripted([done]);
  await assertRejects(() => client.deleteMany(["a", "\ud800"]), URIError);
  assertEquals(sent.length, 0);
});

test("expired credentials are not taken for a server without batch deletion", async () => {
  const { client, sent } = scripted([s3Error(400, "ExpiredToken")]);
  await assertRejects(() => client.deleteMany(["a", "b"]), S3Error, "ExpiredToken");
  assertEquals(sent.length, 1);
});

test("an object that is not there is deleted, whatever the server calls it", async () => {
  const { client } = scripted([s3Error(404, "NoSuchKey")]);
  await client.delete("k");
  await assertRejects(() => client.delete("k", { ifMatch: '"1"' }), S3Error, "NoSuchKey");
  const { client: gone } = scripted([s3Error(404, "NoSuchBucket")]);
  await assertRejects(() => gone.delete("k"), S3Error, "NoSuchBucket");
  const { client: single } = scripted([
    s3Error(405, "MethodNotAllowed"),
    s3Error(404, "NoSuchKey"),
  ]);
  assertEquals(await single.deleteMany(["k"]), { deleted: ["k"], errors: [] });
});

test("a request that is refused as a whole is thrown", async () => {
  const { client } = scripted([s3Error(403, "AccessDenied")]);
  await assertRejects(() => client.deleteMany(["a"]), S3Error, "AccessDenied");
});

/** A server without batch deletion that keeps one object. */
const noBatches: FaultRule[] = [
  {
    when: requestsOf("POST", "delete="),
    times: Infinity,
    fault: () => Promise.resolve(s3Error(501, "NotImplemented")),
  },
  {
    when: requestsOf("DELETE", "/kept"),
    times: Infinity,
    fault: () => Promise.resolve(s3Error(403, "AccessDenied")),
  },
];

test("where there is no batch deletion, keys are deleted one by one", async () => {
  const s3 = startS3();
  const proxy = createFaultProxy(s3.server.fetch, noBatches);
  const client = new S3Client({ ...s3.options, fetch: proxy.fetch });
  const keys = ["a", "b é", "kept", "absent"];
  for (const key of keys.slice(0, 3)) await client.put(key, "x");
  const { deleted, errors } = await client.deleteMany(keys);
  assertEquals(deleted.toSorted(), ["a", "absent", "b é"]);
  assertEquals(errors.map(({ key, code }) => [key, code]), [["kept", "AccessDenied"]]);
  assertEquals((await collect(client.list())).map(({ key }) => key), ["kept"]);
});

test("a server without batch deletion is asked for it once", async () => {
  const s3 = startS3();
  const proxy = createFaultProxy(s3.server.fetch, noBatches);
  const client = new S3Client({ ...s3.options, fetch: proxy.fetch });
  await client.deleteMany(Array.from({ length: 1001 }, (_, index) => `k${index}`));
  const methods = proxy.requests.map(({ method }) => method);
  assertEquals(methods.filter((method) => method === "POST").length, 1);
  assertEquals(methods.filter((method) => method === "DELETE").length, 1001);
});

test("a network that fails in the middle of single deletions is thrown", async () => {
  const { client } = scripted([s3Error(501, "NotImplemented"), new TypeError("no route")]);
  const error = await assertRejects(() => client.deleteMany(["a", "b"]), S3Error);
  assertEquals(error.code, "NetworkError");
});

test("an object is deleted if it is the one that is meant", async () => {
  const { client, sent } = scripted([new Response(null, { status: 204 })]);
  await client.delete("k", { ifMatch: '"1"' });
  assertEquals([sent[0]!.method, sent[0]!.headers.get("if-match")], ["DELETE", '"1"']);
});
