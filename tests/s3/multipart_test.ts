import { S3Client, S3Error } from "s3cache";
import { sleep } from "../../src/sleep.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { collect } from "../collect.ts";
import { gate } from "../gate.ts";
import { test } from "../harness.ts";
import {
  answerError,
  completions,
  createFaultProxy,
  dropReply,
  type FaultRule,
  loseCompletion,
  partRequests,
  requestsOf,
} from "../servers/fault_proxy.ts";
import { startS3 } from "../servers/s3_server.ts";
import { s3Error, scripted } from "./scripted.ts";

const PART = 5 * 1024 * 1024;
const SIZE = 2 * PART + 1;
const THREE_PARTS = new Blob([new Uint8Array(SIZE)]);

/** A client whose requests pass through a proxy that breaks some, and one that goes past it. */
function behind(rules: FaultRule[]) {
  const s3 = startS3();
  const proxy = createFaultProxy(s3.server.fetch, rules);
  const connect = (fetch: typeof globalThis.fetch) =>
    new S3Client({ ...s3.options, fetch, sleep: () => Promise.resolve() });
  return { client: connect(proxy.fetch), direct: connect(s3.fetch), proxy };
}

async function pendingKeys(client: S3Client): Promise<string[]> {
  return (await collect(client.listMultipartUploads())).map(({ key }) => key);
}

test("a completion whose answer got lost is found by what it has made", async () => {
  const { client, proxy } = behind(loseCompletion());
  const { etag, size } = await client.upload("k", THREE_PARTS, { partSize: PART });
  assertEquals([size, proxy.requests.at(-1)?.method], [SIZE, "HEAD"]);
  assertEquals((await client.head("k"))?.etag, etag);
});

test("another object of that key is not taken for what a lost completion has made", async () => {
  const { client, direct } = behind([
    { when: completions, times: Infinity, fault: answerError(404, "NoSuchUpload") },
  ]);
  // As large, but in one part.
  await direct.put("k", new Uint8Array(SIZE));
  const upload = () => client.upload("k", THREE_PARTS, { partSize: PART });
  await assertRejects(upload, S3Error, "NoSuchUpload");
  assertEquals(await pendingKeys(direct), []);
});

test("an upload that others have aborted has failed, though an older object looks the same", async () => {
  const { client, direct } = behind([
    { when: completions, times: Infinity, fault: answerError(404, "NoSuchUpload") },
  ]);
  await direct.upload("k", THREE_PARTS, { partSize: PART });
  const upload = () => client.upload("k", THREE_PARTS, { partSize: PART });
  const error = await assertRejects(upload, S3Error, "NoSuchUpload");
  assertEquals(error.attempts, 1);
});

test("a lost completion is not found in an object of before, or of other parts", async () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const date = (ms: number) => new Date(ms).toUTCString();
  const cases: [etag: string, lastModified: number, found: boolean][] = [
    ['"abc-3"', now, true],
    ['"abc-3"', now - 60_000, false],
    ['"abc-30"', now, false],
    ['"abc"', now, false],
  ];
  for (const [etag, lastModified, found] of cases) {
    let completions = 0;
    const { client } = scripted([({ method, url }) => {
      if (method === "HEAD") {
        return new Response(null, {
          headers: {
            etag,
            "content-length": String(SIZE),
            "last-modified": date(lastModified),
          },
        });
      }
      if (method === "PUT") return new Response(null, { headers: { etag: '"part"' } });
      if (method === "DELETE") return new Response(null, { status: 204 });
      if (url.searchParams.has("uploads")) {
        return new Response(
          "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
          { headers: { date: date(now) } },
        );
      }
      return completions++ === 0 ? new TypeError("reset") : s3Error(404, "NoSuchUpload");
    }]);
    const upload = client.upload("k", THREE_PARTS, { partSize: PART });
    const outcome = await upload.then(({ etag }) => etag, (error) => error.code);
    assertEquals(outcome, found ? etag : "NoSuchUpload");
  }
});

test("a completion that fails after its 200 is retried", async () => {
  const { client, direct } = behind([
    { when: completions, fault: answerError(200, "InternalError") },
  ]);
  await client.upload("k", THREE_PARTS, { partSize: PART });
  assertEquals((await direct.head("k"))?.size, SIZE);
});

test("a completion that goes on failing after its 200 fails, and leaves nothing", async () => {
  const { client, direct } = behind([
    { when: completions, times: Infinity, fault: answerError(200, "InternalError") },
  ]);
  const upload = () => client.upload("k", THREE_PARTS, { partSize: PART });
  const error = await assertRejects(upload, S3Error, "InternalError");
  assertEquals([error.operation, error.status], ["CompleteMultipartUpload", 200]);
  assertEquals([await pendingKeys(direct), await direct.head("k")], [[], undefined]);
});

test("a part whose answer got lost is sent again, and counts once", async () => {
  const { client, direct } = behind([{ when: partRequests(2), fault: dropReply() }]);
  const progress: number[] = [];
  const { size } = await client.upload("k", THREE_PARTS, {
    partSize: PART,
    onProgress: ({ bytes }) => void progress.push(bytes),
  });
  assertEquals([size, progress.reduce((sum, bytes) => sum + bytes)], [SIZE, SIZE]);
  assertEquals((await direct.head("k"))?.size, SIZE);
});

test("a part that fails ends those that are on their way, and the upload", async () => {
  const first = gate();
  const { client, direct } = behind([
    {
      when: partRequests(1),
      // Never answered: only an abort ends it, and so the upload.
      fault: () => (first.open(), new Promise(() => {})),
    },
    {
      when: partRequests(2),
      fault: async (request, forward) => {
        await first.opened;
        return await answerError(403, "AccessDenied")(request, forward);
      },
    },
  ]);
  const upload = () => client.upload("k", THREE_PARTS, { partSize: PART });
  const error = await assertRejects(upload, S3Error, "AccessDenied");
  assertEquals(error.operation, "UploadPart");
  assertEquals(await pendingKeys(direct), []);
});

test("parts that all fail leave no rejection behind", async () => {
  const { client } = behind([
    { when: requestsOf("PUT"), times: Infinity, fault: answerError(403, "AccessDenied") },
  ]);
  await assertRejects(() => client.upload("k", THREE_PARTS, { partSize: PART }), S3Error);
  // One that nobody handles fails the test on every runtime, within this time.
  await sleep(10);
});

// An upload of three parts, one after the other, is five requests.
for (const nth of [1, 2, 3, 4, 5]) {
  for (const carriedOut of [false, true]) {
    const moment = `request ${nth}, ${carriedOut ? "its answer lost" : "before it arrives"}`;
    test(`an abort leaves no pending upload: ${moment}`, async () => {
      const abort = new AbortController();
      const reason = new Error("enough");
      const { client, direct, proxy } = behind([{
        nth,
        fault: async (request, forward) => {
          const answer = carriedOut ? await forward(request) : undefined;
          abort.abort(reason);
          return answer ?? await forward(request);
        },
      }]);
      const thrown = await client.upload("k", THREE_PARTS, {
        partSize: PART,
        parallelism: 1,
        signal: abort.signal,
      }).catch((error) => error);
      assertEquals(thrown, reason);
      assert(proxy.requests.length >= nth, `${proxy.requests.length} requests`);
      await sleep(10);
      assertEquals(await pendingKeys(direct), []);
    });
  }
}

test("an abort while S3 refuses to begin is the caller's reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const { client } = behind([{
    when: requestsOf("POST", "uploads"),
    fault: async (request, forward) => {
      abort.abort(reason);
      return await answerError(403, "AccessDenied")(request, forward);
    },
  }]);
  const upload = client.upload("k", THREE_PARTS, { partSize: PART, signal: abort.signal });
  assertEquals(await upload.catch((error) => error), reason);
});

test("an abort before anything was sent sends nothing", async () => {
  const { client, proxy } = behind([]);
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const upload = client.upload("k", THREE_PARTS, { partSize: PART, signal });
  assertEquals(await upload.catch((error) => error), reason);
  assertEquals(proxy.requests.length, 0);
});

test("a pending upload can be found and aborted by others", async () => {
  const { client, direct } = behind([
    // The upload's own clean-up does not get through.
    { when: requestsOf("DELETE"), times: 3, fault: answerError(503, "SlowDown") },
    { when: partRequests(1), times: Infinity, fault: answerError(403, "AccessDenied") },
  ]);
  await assertRejects(() => client.upload("a/é", THREE_PARTS, { partSize: PART }), S3Error);
  const [found, ...others] = await collect(direct.listMultipartUploads({ prefix: "a/" }));
  assertEquals([found?.key, others], ["a/é", []]);
  assert(Math.abs(found!.initiated.getTime() - Date.now()) < 60_000);
  await direct.abortMultipartUpload(found!.key, found!.uploadId);
  assertEquals(await pendingKeys(direct), []);
});
