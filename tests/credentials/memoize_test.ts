import { type Credentials, type CredentialsProvider, memoize, S3Client } from "s3cache";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";

const MINUTE = 60_000;

/** A provider that counts, and gives credentials for a while. */
function counting(lifetime: number | undefined, random = 0) {
  const state = {
    now: 1_000_000,
    asked: 0,
    failure: undefined as Error | undefined,
    refreshes: [] as (boolean | undefined)[],
  };
  const source: CredentialsProvider = async ({ refresh } = {}) => {
    state.asked++;
    state.refreshes.push(refresh);
    await Promise.resolve();
    if (state.failure) throw state.failure;
    return {
      accessKeyId: `key-${state.asked}`,
      secretAccessKey: "secret",
      ...(lifetime !== undefined && { expiration: new Date(state.now + lifetime) }),
    };
  };
  const provider = memoize(source, { clock: () => state.now, random: () => random });
  const key = async (options?: Parameters<CredentialsProvider>[0]) =>
    (await provider(options)).accessKeyId;
  return { state, provider, key };
}

test("credentials without an end are asked for once", async () => {
  const { state, key } = counting(undefined);
  assertEquals(await key(), "key-1");
  state.now += 1e12;
  assertEquals(await key(), "key-1");
});

test("credentials are refreshed five minutes before their end, and up to one earlier", async () => {
  for (const [random, ahead] of [[0, 5 * MINUTE], [0.5, 5.5 * MINUTE]] as const) {
    const { state, key } = counting(60 * MINUTE, random);
    await key();
    state.now += 60 * MINUTE - ahead - 1;
    assertEquals(await key(), "key-1");
    state.now += 1;
    assertEquals(await key(), "key-2");
    assertEquals(await key(), "key-2");
  }
});

test("credentials for a few minutes are used for half of them", async () => {
  const { state, key } = counting(4 * MINUTE);
  await key();
  state.now += 2 * MINUTE - 1;
  assertEquals(await key(), "key-1");
  state.now += 1;
  assertEquals(await key(), "key-2");
});

test("those who ask at the same time share one question", async () => {
  const { state, key } = counting(60 * MINUTE);
  assertEquals(await Promise.all([key(), key(), key()]), ["key-1", "key-1", "key-1"]);
  state.now += 59 * MINUTE;
  assertEquals(await Promise.all([key(), key({ refresh: true })]), ["key-2", "key-2"]);
  assertEquals(state.asked, 2);
});

test("an early refresh that fails keeps what is valid, and waits a minute", async () => {
  const { state, key } = counting(60 * MINUTE);
  await key();
  state.now += 56 * MINUTE;
  state.failure = new Error("STS is away");
  assertEquals(await key(), "key-1");
  assertEquals(await key(), "key-1");
  assertEquals(state.asked, 2);
  state.now += MINUTE;
  assertEquals(await key(), "key-1");
  assertEquals(state.asked, 3);
  state.failure = undefined;
  state.now += MINUTE;
  assertEquals(await key(), "key-4");
});

test("credentials that are over, or refused, are not given again", async () => {
  const { state, key } = counting(60 * MINUTE);
  await key();
  state.failure = new Error("STS is away");
  await assertRejects(() => key({ refresh: true }), Error, "STS is away");
  assertEquals(await key(), "key-1");
  state.now += 60 * MINUTE;
  await assertRejects(() => key(), Error, "STS is away");
  state.failure = undefined;
  assertEquals(await key(), "key-4");
});

test("a failure is not remembered", async () => {
  const { state, key } = counting(undefined);
  state.failure = new Error("no");
  await assertRejects(() => key(), Error, "no");
  state.failure = undefined;
  assertEquals(await key(), "key-2");
});

test("who asks for a refresh gets one, and the provider is told", async () => {
  const { state, key } = counting(undefined);
  await key();
  assertEquals(await key({ refresh: true }), "key-2");
  assertEquals(await key(), "key-2");
  assertEquals(state.refreshes, [false, true]);
});

test("one who stops waiting does not stop the others; the last one stops the work", async () => {
  let release = () => {};
  let aborted = false;
  const provider = memoize(async ({ signal } = {}) => {
    signal?.addEventListener("abort", () => aborted = true);
    await new Promise<void>((resolve) => release = resolve);
    return { accessKeyId: "key", secretAccessKey: "secret" };
  });
  const first = new AbortController();
  const second = new AbortController();
  const one = provider({ signal: first.signal });
  const two = provider({ signal: second.signal });
  first.abort(new RangeError("first"));
  await assertRejects(() => one, RangeError, "first");
  assertEquals(aborted, false);
  second.abort(new RangeError("second"));
  await assertRejects(() => two, RangeError, "second");
  assertEquals(aborted, true);
  // Nobody joins what was given up.
  const three = provider();
  release();
  assertEquals((await three).accessKeyId, "key");
  await assertRejects(
    () => provider({ signal: AbortSignal.abort(new RangeError("late")) }),
    RangeError,
  );
});

test("S3 refuses expired credentials in the middle: one refresh, and the request again", async () => {
  const { state, provider } = counting(undefined);
  const signers: string[] = [];
  const valid = { key: "key-1" };
  const client = new S3Client({
    bucket: "cache",
    region: "eu-west-1",
    credentials: provider,
    fetch: (_, init) => {
      const signer = new Headers(init?.headers).get("authorization")!.match(/Credential=([^/]+)/)!;
      signers.push(signer[1]!);
      return Promise.resolve(
        signer[1] === valid.key
          ? new Response("hello", { headers: { etag: '"1"' } })
          : new Response("<Error><Code>ExpiredToken</Code></Error>", { status: 400 }),
      );
    },
  });
  await (await client.get("a")).text();
  valid.key = "key-2";
  await (await client.get("a")).text();
  assertEquals(signers, ["key-1", "key-1", "key-2"]);
  assertEquals(state.asked, 2);
  valid.key = "nobody";
  await assertRejects(() => client.get("a"), Error, "ExpiredToken");
  assertEquals(state.asked, 3);
});

test("what a provider gives is guarded", async () => {
  const loose: Credentials = { accessKeyId: "AKIA", secretAccessKey: "hunter2" };
  const given = await memoize(() => Promise.resolve(loose))();
  assert(!JSON.stringify(given).includes("hunter2"));
  assertEquals(given.secretAccessKey, "hunter2");
});
