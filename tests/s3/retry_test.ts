import { S3Error } from "../../src/s3/errors.ts";
import { isRetryable, RetryPolicy } from "../../src/s3/retry.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { test } from "../harness.ts";

function failure(code: string, status: number): S3Error {
  return new S3Error({
    code,
    status,
    reason: "",
    operation: "GetObject",
    bucket: "cache",
    retryable: isRetryable(code, status),
  });
}

/** A clock that stands still but for the sleeps, which it records. */
function timing(random = 1) {
  const time = {
    now: 1_000_000,
    slept: [] as number[],
    clock: () => time.now,
    random: () => random,
    sleep: (ms: number) => {
      time.slept.push(ms);
      time.now += ms;
      return Promise.resolve();
    },
  };
  return time;
}

test("what may pass is retried, what will not is not", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 520]) {
    assert(isRetryable("X", status), `${status}`);
  }
  for (const status of [400, 403, 404, 409, 412, 416, 501, 505]) {
    assert(!isRetryable("X", status), `${status}`);
  }
  for (const code of ["SlowDown", "RequestTimeout", "NetworkError", "Timeout", "InternalError"]) {
    assert(isRetryable(code, code === "RequestTimeout" ? 400 : 0), code);
  }
});

test("the wait doubles, with full jitter, up to 20 seconds", async () => {
  const time = timing();
  const policy = new RetryPolicy({ maxAttempts: 9 }, time);
  for (let attempt = 1; attempt < 9; attempt++) {
    await policy.onFailure(failure("InternalError", 500), attempt, undefined);
  }
  assertEquals(time.slept, [1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000]);
  const half = timing(0.5);
  await new RetryPolicy({}, half).onFailure(failure("InternalError", 500), 1, undefined);
  assertEquals(half.slept, [500]);
});

test("attempts end at the maximum, at once for what will not pass", async () => {
  const time = timing();
  const policy = new RetryPolicy({}, time);
  assertEquals(policy.maxAttempts, 3);
  assertEquals(await policy.onFailure(failure("InternalError", 500), 3, undefined), undefined);
  assertEquals(await policy.onFailure(failure("NoSuchKey", 404), 1, undefined), undefined);
  assertEquals(time.slept, []);
  for (const maxAttempts of [0, -1, 1.5, NaN]) {
    assertThrows(() => new RetryPolicy({ maxAttempts }, time), TypeError, String(maxAttempts));
  }
});

test("Retry-After is kept, in seconds or as a date, within a minute", async () => {
  const time = timing(0);
  const policy = new RetryPolicy({}, time);
  await policy.onFailure(failure("SlowDown", 503), 1, "7");
  await policy.onFailure(failure("SlowDown", 503), 1, new Date(time.now + 5000).toUTCString());
  await policy.onFailure(failure("SlowDown", 503), 1, "3600");
  await policy.onFailure(failure("SlowDown", 503), 1, "soon");
  assertEquals(time.slept, [7000, 5000, 60000, 0]);
});

test("a quota ends retries that do not help, and successes fill it again", async () => {
  const policy = new RetryPolicy({ maxAttempts: 2 }, timing(0));
  const retry = () => policy.onFailure(failure("InternalError", 500), 1, undefined);
  let retries = 0;
  while (await retry() !== undefined) retries++;
  assertEquals(retries, 100);
  for (let i = 0; i < 5; i++) policy.onSuccess(0);
  assertEquals(await retry(), 5);
  assertEquals(await retry(), undefined);
  policy.onSuccess(5);
  assertEquals(await retry(), 5);
});

test("a timeout draws twice as much on the quota", async () => {
  const policy = new RetryPolicy({}, timing(0));
  assertEquals(await policy.onFailure(failure("Timeout", 0), 1, undefined), 10);
});

test("adaptive mode sends more slowly after throttling, and recovers", async () => {
  const time = timing(0);
  const policy = new RetryPolicy({ mode: "adaptive", maxAttempts: 2 }, time);
  const send = async (gap: number, error?: S3Error) => {
    await policy.beforeAttempt();
    time.now += gap;
    if (error) await policy.onFailure(error, 2, undefined);
    else policy.onSuccess(0);
  };
  for (let i = 0; i < 100; i++) await send(10);
  assertEquals(time.slept, []);
  await send(10, failure("SlowDown", 503));
  for (let i = 0; i < 20; i++) await send(1);
  const slowed = time.slept.reduce((sum, ms) => sum + ms, 0);
  assert(slowed > 100, `slept ${slowed} ms after being throttled`);
  // Minutes later the limit is above what is sent.
  for (let i = 0; i < 600; i++) await send(500);
  const before = time.slept.length;
  for (let i = 0; i < 4; i++) await send(500);
  assertEquals(time.slept.slice(before), []);
});
