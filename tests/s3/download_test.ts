import { IntegrityError, S3Client, S3Error } from "s3cache";
import { sleep } from "../../src/sleep.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { Crowd } from "../crowd.ts";
import { test } from "../harness.ts";
import {
  answerError,
  createFaultProxy,
  cutBody,
  type FaultRule,
  requestsOf,
  rewriteHeaders,
  type SeenRequest,
  shortenBody,
} from "../servers/fault_proxy.ts";
import { startS3 } from "../servers/s3_server.ts";
import { scripted } from "./scripted.ts";

const CONTENT = Uint8Array.from({ length: 100_003 }, (_, index) => (index * 31) >> 3);
const PARTS = { partSize: 10_000, parallelism: 3 };

/** A writer that keeps what it is given. */
function memory() {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  return {
    write: (bytes: Uint8Array) => Promise.resolve(void chunks.push(new Uint8Array(bytes))),
    content: async () => new Uint8Array(await new Blob(chunks).arrayBuffer()),
  };
}

/** A server with one object, behind a proxy that breaks some requests. */
async function behind(rules: FaultRule[]) {
  const s3 = startS3();
  const direct = new S3Client(s3.options);
  await direct.put("k", CONTENT);
  const proxy = createFaultProxy(s3.server.fetch, rules);
  const client = new S3Client({
    ...s3.options,
    fetch: proxy.fetch,
    sleep: () => Promise.resolve(),
  });
  return { client, direct, proxy };
}

function from(start: number): (request: SeenRequest) => boolean {
  return ({ headers }) => headers.get("range")?.startsWith(`bytes=${start}-`) === true;
}

test("an object is read in ranges, and written in order", async () => {
  const { client, proxy } = await behind([]);
  const writer = memory();
  let reported = 0;
  const onProgress = ({ bytes }: { bytes: number }) => void (reported += bytes);
  const info = await client.download("k", writer, { ...PARTS, onProgress });
  assertEquals(await writer.content(), CONTENT);
  assertEquals([info.size, reported], [CONTENT.length, CONTENT.length]);
  assertEquals(
    proxy.requests.map(({ headers }) => headers.get("range")).toSorted(),
    [
      ...Array.from({ length: 10 }, (_, i) => `bytes=${i * 10_000}-${i * 10_000 + 9_999}`),
      "bytes=100000-100002",
    ].toSorted(),
  );
});

test("no more ranges are asked for at once than are wanted", async () => {
  const crowd = new Crowd(3);
  const { client } = await behind([{
    times: Infinity,
    fault: (request, forward) => {
      // The first range tells how many there are, and goes alone.
      const alone = request.headers.get("range")?.startsWith("bytes=0-") === true;
      return crowd.run(() => forward(request), { alone });
    },
  }]);
  await client.download("k", memory(), PARTS);
  assertEquals(crowd.most, 3);
});

test("ranges that break are taken up where they broke", async () => {
  const { client } = await behind([
    { when: from(0), fault: cutBody(1234) },
    { when: from(20_000), fault: cutBody(1) },
    { when: from(30_000), fault: shortenBody(9_999) },
    { when: from(40_000), fault: answerError(503, "SlowDown") },
    { when: from(100_000), fault: cutBody(0) },
  ]);
  const writer = memory();
  await client.download("k", writer, PARTS);
  assertEquals(await writer.content(), CONTENT);
});

test("an object that is replaced meanwhile is not mixed", async () => {
  const { client, direct } = await behind([{
    when: from(30_000),
    fault: async (request, forward) => {
      await direct.put("k", new Uint8Array(CONTENT.length));
      return await forward(request);
    },
  }]);
  const writer = memory();
  const error = await assertRejects(() => client.download("k", writer, PARTS), S3Error);
  assertEquals(error.code, "PreconditionFailed");
  const written = await writer.content();
  assertEquals(written, CONTENT.slice(0, written.length));
});

test("a version that is not there any more is refused from the start", async () => {
  const { client } = await behind([]);
  const writer = memory();
  const download = () => client.download("k", writer, { ...PARTS, ifMatch: '"other"' });
  assertEquals((await assertRejects(download, S3Error)).code, "PreconditionFailed");
  assertEquals((await writer.content()).length, 0);
});

test("an empty object is downloaded as such, and an absent one is told", async () => {
  const { client, direct } = await behind([]);
  await direct.put("empty", "");
  const writer = memory();
  assertEquals((await client.download("empty", writer)).size, 0);
  assertEquals((await writer.content()).length, 0);
  const absent = () => client.download("absent", writer);
  assertEquals((await assertRejects(absent, S3Error)).code, "NoSuchKey");
});

test("a writer that fails ends the requests, and leaves no rejection behind", async () => {
  const { client, proxy } = await behind([]);
  let writes = 0;
  const full = {
    write: () => ++writes === 2 ? Promise.reject(new Error("the disk is full")) : Promise.resolve(),
  };
  await assertRejects(() => client.download("k", full, PARTS), Error, "the disk is full");
  const sent = proxy.requests.length;
  // A rejection that nobody handles fails the test on every runtime, within this time.
  await sleep(10);
  assert(sent < 11 && proxy.requests.length === sent, `${sent} requests`);
});

test("an abort ends all ranges with its reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const { client } = await behind([{
    when: from(30_000),
    fault: () => (abort.abort(reason), new Promise(() => {})),
  }]);
  const download = client.download("k", memory(), { ...PARTS, signal: abort.signal });
  assertEquals(await download.catch((error) => error), reason);
  await sleep(10);
});

test("a server that ignores Range is not mistaken for one that does not", async () => {
  const ignoring = await behind([
    { when: requestsOf("GET"), times: Infinity, fault: rewriteHeaders({ range: undefined }) },
  ]);
  const range = { start: 5, end: 9 };
  await assertRejects(() => ignoring.client.get("k", { range }), IntegrityError, "Range");
  await assertRejects(() => ignoring.client.download("k", memory(), PARTS), IntegrityError);
  // What is the whole object in any case.
  assertEquals(await (await ignoring.client.get("k", { range: { start: 0 } })).bytes(), CONTENT);
});

test("an answer to another range is refused", async () => {
  const { client } = scripted([
    new Response("01234", { status: 206, headers: { "content-range": "bytes 0-4/10" } }),
  ]);
  for (const range of [{ start: 1, end: 5 }, { start: 0, end: 5 }, { start: 0, end: 3 }]) {
    await assertRejects(() => client.get("k", { range }), IntegrityError, "Range");
  }
  assertEquals(await (await client.get("k", { range: { end: 4 } })).text(), "01234");
});

test("sizes that make no sense are refused before anything is sent", async () => {
  const { client, proxy } = await behind([]);
  for (const options of [{ partSize: 0 }, { partSize: 1.5 }, { parallelism: 0 }]) {
    await assertRejects(() => client.download("k", memory(), options), TypeError);
  }
  assertEquals(proxy.requests.length, 0);
});
