import type { Xml } from "../../src/s3/xml.ts";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { errorOf, startClient, type TestClient } from "./client.ts";

const LIST = "/test-bucket?list-type=2";

async function withObjects(keys: string[]): Promise<TestClient> {
  const client = startClient();
  await client.call("PUT", "/test-bucket");
  const bucket = (await client.server.storage.bucket("test-bucket"))!;
  for (const key of keys) {
    const content = await (await bucket.stage()).finish();
    await bucket.objects.put({ key, etag: "e", lastModified: 0, headers: {} }, content);
  }
  return client;
}

const keysOf = (page: Xml) => page.all("Contents").map((object) => object.get("Key")!);
const prefixesOf = (page: Xml) => page.all("CommonPrefixes").map((item) => item.get("Prefix")!);

/** All pages of a list. */
async function allPages({ xml }: TestClient, query: string): Promise<Xml[]> {
  const pages: Xml[] = [];
  for (let token = "";;) {
    const page = await xml("GET", `${LIST}&${query}${token}`);
    pages.push(page);
    const next = page.get("NextContinuationToken");
    assertEquals(page.get("IsTruncated"), String(next !== undefined));
    if (next === undefined) return pages;
    token = `&continuation-token=${encodeURIComponent(next)}`;
  }
}

test("a list says what there is of each object", async () => {
  const { put, xml } = startClient();
  const etag = await put("/test-bucket/a%26b", "value", {
    headers: { "x-amz-storage-class": "STANDARD_IA" },
  });
  const page = await xml("GET", `${LIST}&prefix=a&fetch-owner=true`);
  assertEquals(page.name, "ListBucketResult");
  const fields = (names: string[]) => names.map((name) => page.get(name));
  assertEquals(
    fields(["Name", "Prefix", "KeyCount", "MaxKeys", "IsTruncated", "Delimiter"]),
    ["test-bucket", "a", "1", "1000", "false", undefined],
  );
  const [object] = page.all("Contents");
  assertEquals(
    ["Key", "LastModified", "ETag", "Size", "StorageClass"].map((name) => object!.get(name)),
    ["a&b", "2026-01-02T03:04:05.000Z", `"${etag}"`, "5", "STANDARD_IA"],
  );
  assert(object!.all("Owner")[0]!.get("ID"));
});

test("keys are listed in the order of their bytes", async () => {
  // U+FF5E comes before U+1F600 in UTF-8, and after it in UTF-16.
  const ordered = ["A", "a", "a/b", "a0", "é", "\uff5e", "\u{1f600}", "\u{1f600}a"];
  const client = await withObjects([...ordered].reverse());
  const [page] = await allPages(client, "");
  assertEquals(keysOf(page!), ordered);
});

test("a list is cut into pages of max-keys", async () => {
  const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
  const client = await withObjects(keys);
  const pages = await allPages(client, "max-keys=4");
  assertEquals(pages.map((page) => keysOf(page).length), [4, 4, 2]);
  assertEquals(pages.flatMap(keysOf), keys);
  const exact = await allPages(client, "max-keys=5");
  assertEquals(exact.map((page) => page.get("KeyCount")), ["5", "5"]);
});

test("max-keys is 1,000 at most, and may be 0", async () => {
  const client = await withObjects(Array.from({ length: 1001 }, (_, i) => String(i)));
  const page = await client.xml("GET", `${LIST}&max-keys=5000`);
  assertEquals([page.get("MaxKeys"), page.get("KeyCount")], ["1000", "1000"]);
  const none = await client.xml("GET", `${LIST}&max-keys=0`);
  assertEquals([none.get("KeyCount"), none.get("IsTruncated")], ["0", "false"]);
  for (const value of ["x", "-1", "99999999999"]) {
    assertEquals(
      errorOf(await client.call("GET", `${LIST}&max-keys=${value}`)),
      "400 InvalidArgument",
    );
  }
});

test("a delimiter rolls up what shares a prefix, and each roll counts once", async () => {
  const client = await withObjects(["a", "b/1", "b/2", "b/c/3", "c", "d/1", "e"]);
  const [page] = await allPages(client, "delimiter=/");
  assertEquals(keysOf(page!), ["a", "c", "e"]);
  assertEquals(prefixesOf(page!), ["b/", "d/"]);
  assertEquals(page!.get("KeyCount"), "5");
  const pages = await allPages(client, "delimiter=/&max-keys=2");
  assertEquals(pages.map((page) => [...keysOf(page), ...prefixesOf(page)]), [
    ["a", "b/"],
    ["c", "d/"],
    ["e"],
  ]);
  const [below] = await allPages(client, "delimiter=/&prefix=b/");
  assertEquals([keysOf(below!), prefixesOf(below!)], [["b/1", "b/2"], ["b/c/"]]);
});

test("a delimiter is looked for behind the prefix", async () => {
  const client = await withObjects(["x--y--1", "x--z"]);
  const [page] = await allPages(client, "delimiter=--&prefix=x-");
  assertEquals([keysOf(page!), prefixesOf(page!)], [["x--z"], ["x--y--"]]);
});

test("a list starts after a key", async () => {
  const client = await withObjects(["a", "b", "c"]);
  const page = await client.xml("GET", `${LIST}&start-after=a`);
  assertEquals([keysOf(page), page.get("StartAfter")], [["b", "c"], "a"]);
  const between = await client.xml("GET", `${LIST}&start-after=aa&prefix=c`);
  assertEquals(keysOf(between), ["c"]);
});

test("a continuation token that is not the server's is refused", async () => {
  const { call } = startClient();
  for (const token of ["!", "bm90IGpzb24=", "e30="]) {
    const query = `continuation-token=${encodeURIComponent(token)}`;
    assertEquals(errorOf(await call("GET", `${LIST}&${query}`)), "400 InvalidArgument");
  }
});

test("keys are escaped in XML, control characters too", async () => {
  const { call } = await withObjects(["<&>\"'\r\n\u0001"]);
  const { text } = await call("GET", LIST);
  assert(text.includes("<Key>&lt;&amp;&gt;&quot;'&#xd;&#xa;&#x1;</Key>"), text);
});

test("encoding-type=url encodes every key", async () => {
  const client = await withObjects(["a b+c/é\u0001(1)~*.-_"]);
  const page = await client.xml(
    "GET",
    `${LIST}&encoding-type=url&prefix=${encodeURIComponent("a ")}`,
  );
  assertEquals(page.get("EncodingType"), "url");
  assertEquals(page.get("Prefix"), "a+");
  assertEquals(keysOf(page), ["a+b%2Bc/%C3%A9%01%281%29%7E*.-_"]);
  assertEquals(errorOf(await client.call("GET", `${LIST}&encoding-type=x`)), "400 InvalidArgument");
});

test("the first version lists by marker", async () => {
  const { xml } = await withObjects(["a", "b/1", "b/2", "c", "d"]);
  const list = (query: string) => xml("GET", `/test-bucket?${query}`);
  const first = await list("max-keys=2");
  assertEquals(keysOf(first), ["a", "b/1"]);
  assertEquals([first.get("IsTruncated"), first.get("NextMarker")], ["true", undefined]);
  assertEquals(keysOf(await list("marker=b/1")), ["b/2", "c", "d"]);
  const rolled = await list("max-keys=2&delimiter=/");
  assertEquals([keysOf(rolled), prefixesOf(rolled)], [["a"], ["b/"]]);
  assertEquals(rolled.get("NextMarker"), "b/");
  const rest = await list("delimiter=/&marker=b/");
  assertEquals([keysOf(rest), prefixesOf(rest)], [["c", "d"], []]);
});

test("a list of a bucket that is not there is refused", async () => {
  const { call } = startClient();
  assertEquals(errorOf(await call("GET", "/other-bucket?list-type=2")), "404 NoSuchBucket");
});
