import { type EndpointOptions, resolveEndpoint } from "../../src/s3/endpoint.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const url = (options: Partial<EndpointOptions>, key?: string) =>
  resolveEndpoint({ bucket: "cache", region: "us-east-1", ...options }).url(key);

test("AWS: the host holds bucket and region, by partition", () => {
  assertEquals(url({}, "k"), "https://cache.s3.us-east-1.amazonaws.com/k");
  assertEquals(
    url({ region: "cn-north-1" }, "k"),
    "https://cache.s3.cn-north-1.amazonaws.com.cn/k",
  );
  assertEquals(
    url({ region: "us-gov-west-1" }, "k"),
    "https://cache.s3.us-gov-west-1.amazonaws.com/k",
  );
  assertEquals(
    url({ region: "eusc-de-east-1" }, "k"),
    "https://cache.s3.eusc-de-east-1.amazonaws.eu/k",
  );
  assertEquals(url({ region: "auto" }, "k"), "https://cache.s3.us-east-1.amazonaws.com/k");
});

test("AWS: dual stack, FIPS and acceleration choose the host", () => {
  assertEquals(url({ dualstack: true }), "https://cache.s3.dualstack.us-east-1.amazonaws.com/");
  assertEquals(url({ fips: true }), "https://cache.s3-fips.us-east-1.amazonaws.com/");
  assertEquals(
    url({ fips: true, dualstack: true }),
    "https://cache.s3-fips.dualstack.us-east-1.amazonaws.com/",
  );
  assertEquals(url({ accelerate: true }), "https://cache.s3-accelerate.amazonaws.com/");
  assertEquals(
    url({ accelerate: true, dualstack: true }),
    "https://cache.s3-accelerate.dualstack.amazonaws.com/",
  );
  assertThrows(() => url({ accelerate: true, fips: true }), TypeError, "accelerate");
  assertThrows(() => url({ accelerate: true, bucket: "a.b.c" }), TypeError, "a.b.c");
  assertThrows(() => url({ endpoint: "https://x.test", dualstack: true }), TypeError, "dualstack");
});

test("a bucket with dots is in the path, where a wildcard certificate does not cover it", () => {
  assertEquals(url({ bucket: "my.cache" }, "k"), "https://s3.us-east-1.amazonaws.com/my.cache/k");
  assertEquals(
    url({ bucket: "my.cache", endpoint: "http://s3.test" }, "k"),
    "http://my.cache.s3.test/k",
  );
});

test("custom endpoints: both styles, ports, base paths", () => {
  assertEquals(url({ endpoint: "http://s3.test:9000" }, "k"), "http://cache.s3.test:9000/k");
  assertEquals(
    url({ endpoint: "http://s3.test:9000", pathStyle: true }, "k"),
    "http://s3.test:9000/cache/k",
  );
  assertEquals(
    url({ endpoint: "https://s3.test/base/path/", pathStyle: true }, "k"),
    "https://s3.test/base/path/cache/k",
  );
  assertEquals(url({ endpoint: "https://s3.test/base" }, "k"), "https://cache.s3.test/base/k");
  assertEquals(url({ endpoint: "https://s3.test", pathStyle: true }), "https://s3.test/cache");
  assertEquals(url({ endpoint: "https://s3.test" }), "https://cache.s3.test/");
});

test("an IP address takes the bucket in the path", () => {
  assertEquals(url({ endpoint: "http://127.0.0.1:9000" }, "k"), "http://127.0.0.1:9000/cache/k");
  assertEquals(url({ endpoint: "http://[::1]:9000" }, "k"), "http://[::1]:9000/cache/k");
});

test("an endpoint that is AWS's own is known as such", () => {
  const at = (endpoint: string) => resolveEndpoint({ bucket: "cache", region: "r", endpoint }).aws;
  assert(at("https://s3.us-east-1.amazonaws.com"));
  assert(at("https://s3.cn-north-1.amazonaws.com.cn"));
  assert(at("https://s3.eusc-de-east-1.amazonaws.eu"));
  assert(!at("https://amazonaws.com.evil.test"));
});

test("queries are encoded", () => {
  const endpoint = resolveEndpoint({ bucket: "cache", region: "r", endpoint: "http://s3.test" });
  assertEquals(
    endpoint.url(undefined, { prefix: "a b/+*", uploads: "" }),
    "http://cache.s3.test/?prefix=a%20b%2F%2B%2A&uploads=",
  );
});

test("a bucket, region or endpoint that no URL can be made of is refused, and named", () => {
  assertThrows(() => url({ region: "evil.test/" }), TypeError, '"evil.test/"');
  assertThrows(() => url({ region: "" }), TypeError, "region");
  assertThrows(() => url({ bucket: "arn:aws:s3:::x" }), TypeError, "ARN");
  assertThrows(() => url({ bucket: "b--use1-az4--x-s3" }), TypeError, "no directory bucket");
  for (const bucket of ["ab", "Upper", "a_b", "a..b", "x/y", "-ab", "a".repeat(64)]) {
    assertThrows(() => url({ bucket }), TypeError, bucket);
  }
  assertThrows(() => url({ bucket: "x/y", endpoint: "http://s3.test" }), TypeError, "x/y");
  assertThrows(() => url({ endpoint: "s3.test" }), TypeError, "endpoint: expected an http(s) URL");
  assertThrows(() => url({ endpoint: "ftp://s3.test" }), TypeError, "http(s)");
  assertThrows(() => url({ endpoint: "http://s3.test/?a=b" }), TypeError, "query");
});

test("a password in an endpoint is refused and not repeated", () => {
  for (const endpoint of ["http://u:hunter2@s3.test", "http://u:hunter2@", "hunter2@s3.test:80"]) {
    const error = assertThrows(() => url({ endpoint }), TypeError, "endpoint");
    assert(!`${error.message} ${JSON.stringify(error)}`.includes("hunter2"), error.message);
  }
});

test("a key that begins with a slash keeps it, where fetch would drop it too", () => {
  const expected = "Bun" in globalThis ? "http://s3.test/cache//k" : "http://cache.s3.test//k";
  assertEquals(url({ endpoint: "http://s3.test" }, "/k"), expected);
  assertEquals(
    url({ endpoint: "http://s3.test", pathStyle: true }, "/k"),
    "http://s3.test/cache//k",
  );
});
