import { AttributeError } from "../../src/attributes/errors.ts";
import { readAttributes } from "../../src/cli/common.ts";
import { CredentialsError } from "../../src/credentials/errors.ts";
import { connect } from "../../src/transfer/connection.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";

const KEYS = "access_key_id=AKIA,secret_access_key=hunter2";

function read(env: Record<string, string>, more = "") {
  const text = `type=s3,region=us-gov-west-1,bucket=cache,${KEYS}${more}`;
  const signal = new AbortController().signal;
  return readAttributes(text, "export", "--cache-to", {
    env: { HOME: "/nowhere", ...env },
    stdout: () => {},
    stderr: () => {},
    isTerminal: false,
    takeSignals: () => () => {},
    signal,
  });
}

/** The hosts that a client of these options asks, and how often. */
async function hostsOf(env: Record<string, string>, more = ""): Promise<string[]> {
  const hosts: string[] = [];
  const { client } = connect(await read(env, more), {
    sleep: () => Promise.resolve(),
    fetch: (url) => {
      hosts.push(new URL(String(url)).host);
      return Promise.reject(new TypeError("no network"));
    },
  });
  await client.head("k").catch(() => {});
  return hosts;
}

test("the environment chooses AWS's FIPS and dual-stack hosts", async () => {
  const fips = { AWS_USE_FIPS_ENDPOINT: "true" };
  assertEquals((await hostsOf(fips))[0], "cache.s3-fips.us-gov-west-1.amazonaws.com");
  const both = { ...fips, AWS_USE_DUALSTACK_ENDPOINT: "true" };
  assertEquals((await hostsOf(both))[0], "cache.s3-fips.dualstack.us-gov-west-1.amazonaws.com");
});

test("the environment says how often to try, unless an attribute does", async () => {
  const env = { AWS_MAX_ATTEMPTS: "2" };
  assertEquals((await hostsOf({})).length, 3);
  assertEquals((await hostsOf(env)).length, 2);
  assertEquals((await hostsOf(env, ",retry_max_attempts=1")).length, 1);
  assertEquals((await read({ AWS_RETRY_MODE: "adaptive" })).retryMode, "adaptive");
  await assertRejects(() => read({ AWS_RETRY_MODE: "fast" }), CredentialsError, '"fast"');
});

test("an endpoint of the environment that is none is refused by name, without its password", async () => {
  for (const url of ["http://u:hunter2@host:99999", "http://u:hunter2@host", "host:9000"]) {
    const failing = () => read({ AWS_ENDPOINT_URL: url });
    const error = await assertRejects(failing, AttributeError, "$AWS_ENDPOINT_URL");
    assert(!error.message.includes("hunter2"), error.message);
  }
});
