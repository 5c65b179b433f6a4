import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { detail, errorOf, NOW, readAnswer, sign, startClient } from "./client.ts";

test("buckets are made, found, listed and removed", async () => {
  let now = NOW;
  const { call, xml } = startClient({ clock: () => now });
  await call("HEAD", "/test-bucket");
  now += 1000;
  assertEquals((await call("HEAD", "/a-bucket")).status, 404);
  assertEquals((await call("PUT", "/a-bucket")).headers.get("location"), "/a-bucket");
  const head = await call("HEAD", "/a-bucket");
  assertEquals([head.status, head.headers.get("x-amz-bucket-region")], [200, "us-east-1"]);
  const list = (await xml("GET", "/")).all("Buckets")[0]!.all("Bucket");
  assertEquals(list.map((item) => [item.get("Name"), item.get("CreationDate")]), [
    ["a-bucket", "2026-01-02T03:04:06.000Z"],
    ["test-bucket", "2026-01-02T03:04:05.000Z"],
  ]);
  assertEquals((await call("DELETE", "/a-bucket")).status, 204);
  assertEquals(errorOf(await call("DELETE", "/a-bucket")), "404 NoSuchBucket");
});

test("a bucket with objects is not removed", async () => {
  const { call, put } = startClient();
  await put("/test-bucket/key", "value");
  assertEquals(errorOf(await call("DELETE", "/test-bucket")), "409 BucketNotEmpty");
  await call("DELETE", "/test-bucket/key");
  assertEquals((await call("DELETE", "/test-bucket")).status, 204);
});

test("names of buckets follow S3's rules", async () => {
  const { call } = startClient();
  for (const name of ["ab", "a".repeat(64), "Upper", "a_b", "-ab", "ab-", "a..b"]) {
    assertEquals(errorOf(await call("PUT", `/${name}`)), "400 InvalidBucketName", name);
  }
  assertEquals((await call("PUT", "/a.b-c")).status, 200);
});

test("a bucket is made in the server's region", async () => {
  const body = (region: string) =>
    "<CreateBucketConfiguration><LocationConstraint>" + region +
    "</LocationConstraint></CreateBucketConfiguration>";
  const east = startClient();
  assertEquals((await east.call("PUT", "/test-bucket")).status, 200);
  const wrong = await east.call("PUT", "/a-bucket", { body: body("eu-west-1") });
  assertEquals(errorOf(wrong), "400 IllegalLocationConstraintException");
  assertEquals((await east.xml("GET", "/test-bucket?location")).name, "LocationConstraint");

  const west = startClient({ region: "eu-west-1" });
  const region = "eu-west-1";
  const unnamed = await west.call("PUT", "/a-bucket", { region });
  assertEquals(errorOf(unnamed), "400 IllegalLocationConstraintException");
  assertEquals((await west.call("PUT", "/a-bucket", { region, body: body(region) })).status, 200);
  const again = await west.call("PUT", "/a-bucket", { region, body: body(region) });
  assertEquals(errorOf(again), "409 BucketAlreadyOwnedByYou");
  const { text } = await west.call("GET", "/a-bucket?location", { region });
  assertEquals(text.includes(">eu-west-1</LocationConstraint>"), true);
});

test("buckets can be made when they are first used", async () => {
  const { call, put } = startClient({ autoCreateBuckets: true });
  await put("/new-bucket/key", "value");
  assertEquals((await call("GET", "/new-bucket/key")).text, "value");
});

test("a lifecycle configuration is kept", async () => {
  const { call } = startClient();
  const path = "/test-bucket?lifecycle";
  assertEquals(errorOf(await call("GET", path)), "404 NoSuchLifecycleConfiguration");
  const put = async (body: string) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    const value = btoa(String.fromCharCode(...new Uint8Array(digest)));
    return await call("PUT", path, { body, headers: { "x-amz-checksum-sha256": value } });
  };
  const body = "<LifecycleConfiguration><Rule><ID>abort</ID><Filter/><Status>Enabled</Status>" +
    "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>" +
    "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";
  assertEquals((await put(body)).status, 200);
  assertEquals((await call("GET", path)).text, body);
  assertEquals(errorOf(await call("PUT", path, { body })), "400 InvalidRequest");
  assertEquals(errorOf(await put("<LifecycleConfiguration/>")), "400 MalformedXML");
  assertEquals(errorOf(await put(body.replace("Enabled", "On"))), "400 MalformedXML");
  assertEquals((await call("DELETE", path)).status, 204);
  assertEquals(errorOf(await call("GET", path)), "404 NoSuchLifecycleConfiguration");
});

test("subresources that the server does not have are not implemented", async () => {
  const { call, put } = startClient();
  await put("/test-bucket/key", "value");
  for (
    const [method, path] of [
      ["GET", "/test-bucket?policy"],
      ["GET", "/test-bucket?versions"],
      ["PUT", "/test-bucket?versioning"],
      ["GET", "/test-bucket/key?acl"],
      ["GET", "/test-bucket/key?versionId=1"],
      ["PUT", "/test-bucket/key?tagging"],
    ] as const
  ) assertEquals(errorOf(await call(method, path)), "501 NotImplemented", path);
  assertEquals((await call("GET", "/test-bucket?versioning")).status, 200);
  assertEquals((await call("GET", "/test-bucket/key?versionId=null")).status, 200);
  assertEquals((await call("GET", "/test-bucket/key?x-id=GetObject")).status, 200);
});

test("methods that an address does not have are not allowed", async () => {
  const { call } = startClient();
  for (
    const [method, path] of [["PUT", "/"], ["POST", "/test-bucket"], ["PATCH", "/test-bucket/a"]]
  ) {
    assertEquals(errorOf(await call(method!, path!)), "405 MethodNotAllowed");
  }
});

test("a bucket is addressed by the host, too", async () => {
  const { call, fetch, put } = startClient({ baseHost: "s3.test" });
  await put("/test-bucket/key", "value");
  const get = async (href: string) => {
    const { url, headers } = await sign("GET", new URL(href));
    return await readAnswer(await fetch(url, { headers }));
  };
  assertEquals((await get("http://test-bucket.s3.test/key")).text, "value");
  assertEquals((await get("http://test-bucket.s3.test:9000/key")).text, "value");
  const list = await get("http://test-bucket.s3.test/?list-type=2");
  assertEquals(detail(list, "KeyCount"), "1");
  await call("PUT", "/a.b.c");
  assertEquals((await get("http://a.b.c.s3.test/?list-type=2")).status, 200);
  assertEquals(errorOf(await get("http://other-bucket.s3.test/key")), "404 NoSuchBucket");
  assertEquals((await get("http://example.test/test-bucket/key")).text, "value");
});

test("S3 can begin below a path", async () => {
  const { call, put } = startClient({ basePath: "/base/path/" });
  await put("/base/path/test-bucket//key", "value");
  assertEquals((await call("GET", "/base/path/test-bucket//key")).text, "value");
  assertEquals((await call("GET", "/base/path")).status, 200);
  assertEquals(errorOf(await call("GET", "/test-bucket//key")), "400 InvalidURI");
});
