import { createRegistry } from "s3cache";
import { assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";
import { testBucket } from "../transfer/bucket.ts";
import { errorOf, status, testGateway } from "./gateway.ts";

const basic = (user: string, password: string) =>
  "Basic " + btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)));

test("a token goes as bearer, or as anybody's password", async () => {
  const { call } = testGateway({ auth: { token: "sécret" } });
  const ask = (authorization?: string) =>
    call("GET", "/v2/", authorization ? { headers: { authorization } } : {});
  const refused = await ask();
  assertEquals(refused.headers.get("www-authenticate")?.split(" ")[0], "Basic");
  assertEquals(await errorOf(Promise.resolve(refused)), [401, "UNAUTHORIZED"]);
  assertEquals(await status(ask(basic("anybody", "sécret"))), 200);
  for (
    const wrong of [basic("sécret", ""), basic("a", "sécre"), "Basic %%%", "Bearer x", "sécret"]
  ) {
    assertEquals(await status(ask(encodeURI(wrong))), 401, wrong);
  }
  const ascii = testGateway({ auth: { token: "secret" } });
  const headers = { authorization: "Bearer secret" };
  assertEquals(await status(ascii.call("GET", "/v2/", { headers })), 200);
});

test("a user has a password", async () => {
  const { call } = testGateway({ auth: { username: "ci", password: "a:b" } });
  const ask = (authorization: string) => call("GET", "/v2/", { headers: { authorization } });
  assertEquals(await status(ask(basic("ci", "a:b"))), 200);
  for (const wrong of [basic("ci:a", "b2"), basic("cI", "a:b"), "Bearer a:b"]) {
    assertEquals(await status(ask(wrong)), 401, wrong);
  }
});

test("nothing is asked of the bucket before a client is known", async () => {
  const { call, bucket } = testGateway({ auth: { token: "secret" } });
  const calls = [["GET", "tags/list"], ["PUT", "manifests/x"], ["POST", "blobs/uploads/"]];
  for (const [method, path] of calls) {
    assertEquals(await status(call(method!, `/v2/app/${path}`)), 401);
  }
  assertEquals(bucket.requests.length, 0);
});

test("an empty secret is refused", () => {
  const cache = testBucket().options();
  assertThrows(() => createRegistry({ cache, auth: { token: "" } }), TypeError);
  assertThrows(() => createRegistry({ cache, auth: { username: "a", password: "" } }), TypeError);
});
