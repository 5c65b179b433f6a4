import { AttributeError, parseAttributes } from "s3cache";
import { redactUrl } from "../../src/attributes/endpoint_url.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

const parse = (attributes: string) =>
  parseAttributes(`type=s3,region=eu-west-1,bucket=cache,${attributes}`, { direction: "import" });

const refused = (attributes: string) => assertThrows(() => parse(attributes), AttributeError);

const DIGEST = "sha256:" + "0".repeat(64);

test("names and prefixes are free text", () => {
  for (const name of ["a/b", "/a", "a//b", "..a", "a..", "...", "a b+%2F!'()*", "ä😀", DIGEST]) {
    assertEquals(parse(`name=${name}`).names, [name]);
    assertEquals(parse(`prefix=${name}`).prefix, name);
  }
});

test("empty prefixes are accepted: they add nothing to a key", () => {
  const options = parse("prefix=,blobs_prefix=,manifests_prefix=");
  assertEquals(
    [options.prefix, options.blobsPrefix, options.manifestsPrefix],
    ["", "", ""],
  );
});

test("an empty name is refused", () => {
  for (const name of ["", ";", "a;", ";a", "a;;b"]) {
    const error = refused(`name=${name}`);
    assertEquals([error.key, error.value], ["name", name]);
  }
});

test("what is no part of a key is refused, with the attribute to blame", () => {
  for (
    const [attributes, key, problem] of [
      ["name=.", "name", "key segment"],
      ["name=a;..", "name", "key segment"],
      ["name=a/./b", "name", "key segment"],
      ["prefix=../", "prefix", "key segment"],
      ["prefix=a/../b", "prefix", "key segment"],
      ["blobs_prefix=./", "blobs_prefix", "key segment"],
      ["manifests_prefix=a/../", "manifests_prefix", "key segment"],
      ["prefix=.,manifests_prefix=./", "manifests_prefix", "key segment"],
      ["prefix=a/.,blobs_prefix=/b", "blobs_prefix", "key segment"],
      ["prefix=.,manifests_prefix=,name=.", "name", "key segment"],
      ["name=a\tb", "name", "control characters"],
      ["prefix=\x7f", "prefix", "control characters"],
      ["blobs_prefix=\0", "blobs_prefix", "control characters"],
      ["manifests_prefix=\ud800", "manifests_prefix", "control characters"],
      [`name=${"n".repeat(1015)}`, "name", "too long"],
      [`name=${"ä".repeat(508)}`, "name", "too long"],
      [`prefix=${"p".repeat(948)}`, "prefix", "too long"],
      [`blobs_prefix=${"p".repeat(954)}`, "blobs_prefix", "too long"],
      [`manifests_prefix=blobs/,name=${DIGEST}`, "name", "where a blob does"],
      [`manifests_prefix=blobs/sha256:,name=${"0".repeat(64)}`, "name", "where a blob does"],
    ] as const
  ) {
    const error = refused(attributes);
    assertEquals(error.key, key, JSON.stringify(attributes));
    assertStringIncludes(error.message, problem);
  }
});

test("the longest keys are accepted", () => {
  assertEquals(parse(`name=${"n".repeat(1014)}`).names[0]!.length, 1014);
  assertEquals(parse(`name=${"ä".repeat(507)}`).names[0]!.length, 507);
  assertEquals(parse(`prefix=${"p".repeat(947)},name=n`).prefix.length, 947);
});

test("endpoints are absolute http and https URLs, kept as they are written", () => {
  for (
    const url of [
      "https://s3.example.com",
      "http://127.0.0.1:9000",
      "http://[::1]:9000/",
      "HTTPS://Storage.Example.com/base/path",
      "http://minio:9000/a@b",
    ]
  ) {
    assertEquals(parse(`endpoint_url=${url}`).endpointUrl, url);
  }
});

test("other endpoints are refused, saying what is wrong", () => {
  for (
    const [url, problem] of [
      ["", "is empty"],
      ["s3.example.com", "does not begin with http:// or https://"],
      ["localhost:9000", "does not begin with http:// or https://"],
      ["//s3.example.com", "does not begin with http:// or https://"],
      ["ftp://s3.example.com", "does not begin with http:// or https://"],
      ["http:/s3.example.com", "does not begin with http:// or https://"],
      ["http://", "is not a valid URL"],
      ["http:///path", "is not a valid URL"],
      ["http://host:99999", "is not a valid URL"],
      ["http://a b", "has a space"],
      [" http://host", "has a space"],
      ["http://host\\path", "a backslash"],
      ["http://host\t", "a control character"],
      ["http://host/?", "has a query"],
      ["http://host?x=y", "has a query"],
      ["http://host#", "has a fragment"],
      ["http://host/a/../b", '"." or ".." segment'],
      ["http://host/.", '"." or ".." segment'],
      ["http://host/%2e%2E/b", '"." or ".." segment'],
      ["http://user@host", "has a user name or password"],
      ["http://user:hunter2@host", "has a user name or password"],
      ["http://@host", "has a user name or password"],
    ] as const
  ) {
    const error = refused(`endpoint_url=${url}`);
    assertEquals(error.key, "endpoint_url");
    assertStringIncludes(error.message, problem);
    assertStringIncludes(error.expected, "an absolute URL");
  }
});

test("no message shows a URL's user name, password or query", () => {
  for (
    const url of [
      "http://user:hunter2@host",
      "http://user:p@hunter2@host",
      "user:hunter2@host",
      "ftp://user:hunter2@host/x",
      "http:/user:hunter2@host",
      "http:\\\\user:hunter2@host",
      "//user:hunter2@host",
      "http://user:hunter2@ho st?x",
      "http://user:hunter2/@host",
      "http://host?user=hunter2",
      "http://host#user=hunter2",
    ]
  ) {
    const { message, value } = refused(`endpoint_url=${url}`);
    for (const text of [message, value!, redactUrl(url)]) {
      assert(!text.includes("hunter2") && !text.includes("user:"), text);
    }
  }
  assertEquals(redactUrl("http://user:pw@host:1/path?x"), "http://…@host:1/path?…");
  assertEquals(redactUrl("user/app@sha256:abc"), "…@sha256:abc");
});
