import { S3Client, S3Error } from "s3cache";
import { sleep } from "../../src/sleep.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { collect } from "../collect.ts";
import { Crowd } from "../crowd.ts";
import { gate } from "../gate.ts";
import { test } from "../harness.ts";
import {
  answerError,
  createFaultProxy,
  type FaultRule,
  partRequests,
  requestsOf,
} from "../servers/fault_proxy.ts";
import { startS3 } from "../servers/s3_server.ts";

const PART = 5 * 1024 * 1024;

function behind(rules: FaultRule[] = []) {
  const s3 = startS3();
  const proxy = createFaultProxy(s3.server.fetch, rules);
  const options = { ...s3.options, fetch: proxy.fetch, sleep: () => Promise.resolve() };
  return { client: new S3Client(options), proxy };
}

/** Bytes that are other ones in every part. */
function content(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = i ^ (i >> 8) ^ (i >> 16);
  return bytes;
}

/** A stream of pieces of a size, that tells whether it was given back. */
function stream(bytes: Uint8Array, pieceSize: number) {
  let at = 0;
  const state = { cancelled: false };
  const readable = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at += pieceSize));
    },
    cancel: () => void (state.cancelled = true),
  }, { highWaterMark: 0 });
  return { readable, state };
}

const methods = (proxy: { requests: { method: string }[] }) =>
  proxy.requests.map(({ method }) => method);

test("what fits in a part is one request, whatever the source", async () => {
  const { client, proxy } = behind();
  const bytes = content(1000);
  const sources = [
    new Blob([bytes]),
    stream(bytes, 300).readable,
    {
      size: 1000,
      read: (at: number, length: number) => Promise.resolve(bytes.slice(at, at + length)),
    },
  ];
  for (const source of sources) {
    const { size } = await client.upload("k", source, { metadata: { a: "b" } });
    assertEquals(size, 1000);
    const { info, bytes: read } = await client.get("k");
    assertEquals([await read(), info.metadata], [bytes, { a: "b" }]);
  }
  assertEquals(methods(proxy), ["PUT", "GET", "PUT", "GET", "PUT", "GET"]);
});

test("an empty stream is an empty object", async () => {
  const { client } = behind();
  assertEquals((await client.upload("k", stream(content(0), 1).readable)).size, 0);
  assertEquals((await client.head("k"))?.size, 0);
});

test("a stream is cut into parts, wherever its pieces end", async () => {
  for (const [size, pieceSize] of [[PART, PART], [2 * PART, 1_000_003], [PART + 1, 3 * PART]]) {
    const { client, proxy } = behind();
    const bytes = content(size!);
    await client.upload("k", stream(bytes, pieceSize!).readable, { partSize: PART });
    assertEquals(await (await client.get("k")).bytes(), bytes);
    const parts = proxy.requests.filter(({ url }) => url.searchParams.has("partNumber"));
    assertEquals(parts.length, size === PART ? 0 : 2);
  }
});

test("no more parts are sent at once, or read ahead, than are wanted", async () => {
  const crowd = new Crowd(2);
  let read = 0;
  let sent = 0;
  const { client } = behind([{
    when: requestsOf("PUT", "partNumber"),
    times: Infinity,
    fault: async (request, forward) => {
      assert(read - sent <= 4, `${read} parts are read, ${sent} sent`);
      const answer = await crowd.run(() => forward(request));
      sent++;
      return answer;
    },
  }]);
  const source = {
    size: 6 * PART,
    read: (_: number, length: number) => (read++, Promise.resolve(new Uint8Array(length))),
  };
  await client.upload("k", source, { partSize: PART, parallelism: 2 });
  assertEquals([crowd.most, sent], [2, 6]);
});

test("a known digest is what the one request is signed with", async () => {
  const { client, proxy } = behind();
  const sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  await client.upload("k", new Blob(["hello"]), { sha256 });
  assertEquals(proxy.requests[0]!.headers.get("x-amz-content-sha256"), sha256);
  const wrong = () => client.upload("k", new Blob(["jello"]), { sha256 });
  assertEquals((await assertRejects(wrong, S3Error)).code, "XAmzContentSHA256Mismatch");
});

test("a source that fails ends the upload with its own error", async () => {
  const { client } = behind();
  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("the disk is gone")),
  });
  await assertRejects(() => client.upload("k", failing), Error, "the disk is gone");
  const late = {
    size: 3 * PART,
    read: (at: number, length: number) =>
      at < 2 * PART
        ? Promise.resolve(new Uint8Array(length))
        : Promise.reject(new Error("a bad sector")),
  };
  await assertRejects(() => client.upload("k", late, { partSize: PART }), Error, "a bad sector");
  await sleep(10);
  assertEquals(await collect(client.listMultipartUploads()), []);
  assertEquals(await client.head("k"), undefined);
});

test("a stream is given back when the upload fails", async () => {
  const refused = gate();
  const { client } = behind([
    {
      when: partRequests(1),
      times: Infinity,
      fault: (request, forward) => {
        refused.open();
        return answerError(403, "AccessDenied")(request, forward);
      },
    },
    {
      // Or all could be read before the first part is on its way.
      when: requestsOf("PUT", "partNumber"),
      times: Infinity,
      fault: async (request, forward) => {
        await refused.opened;
        return await forward(request);
      },
    },
  ]);
  const { readable, state } = stream(content(8 * PART), PART);
  await assertRejects(() => client.upload("k", readable, { partSize: PART }), S3Error);
  assert(state.cancelled);
});

test("a part that fails ends an upload whose source has nothing more to give", async () => {
  const { client } = behind([
    { when: partRequests(1), times: Infinity, fault: answerError(403, "AccessDenied") },
  ]);
  const pieces = [content(PART), content(PART)];
  let cancelled: unknown;
  const silent = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) return controller.enqueue(piece);
      return new Promise(() => {});
    },
    cancel: (reason) => void (cancelled = reason),
  }, { highWaterMark: 0 });
  const upload = () => client.upload("k", silent, { partSize: PART });
  const error = await assertRejects(upload, S3Error, "AccessDenied");
  assertEquals(cancelled, error);
  assertEquals(await collect(client.listMultipartUploads()), []);
});

test("an abort ends an upload whose source gives nothing, and gives it back", async () => {
  const { client, proxy } = behind();
  const reason = new Error("enough");
  let cancelled: unknown;
  const silent = () =>
    new ReadableStream<Uint8Array>({ cancel: (reason) => void (cancelled = reason) });
  const abort = new AbortController();
  const upload = client.upload("k", silent(), { signal: abort.signal });
  setTimeout(() => abort.abort(reason), 5);
  assertEquals(await upload.catch((error) => error), reason);
  assertEquals(cancelled, reason);
  cancelled = undefined;
  const late = client.upload("k", silent(), { signal: abort.signal });
  assertEquals(await late.catch((error) => error), reason);
  assertEquals([cancelled, proxy.requests.length], [reason, 0]);
});

test("sizes that make no sense are refused before anything is sent or read", async () => {
  const { client, proxy } = behind();
  const source = { size: 1, read: () => Promise.reject(new Error("is read")) };
  for (const options of [{ partSize: PART - 1 }, { partSize: 6 * 1024 ** 3 }, { parallelism: 0 }]) {
    await assertRejects(() => client.upload("k", source, options), TypeError);
  }
  const huge = { ...source, size: 50_000 * 1024 ** 3 + 1 };
  await assertRejects(() => client.upload("k", huge), RangeError);
  assertEquals(proxy.requests.length, 0);
});
