import { digestOf } from "s3cache";
import { ResumableSha256 } from "../../src/registry/resumable_sha256.ts";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { gate } from "../gate.ts";
import { test } from "../harness.ts";
import { errorOf, status, testGateway } from "./gateway.ts";

const MIB = 1024 * 1024;

/** Bytes in which no stretch is like another. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) bytes[i] = state = state * 48271 % 0x7fffffff;
  return bytes;
}

/** Bytes as a body that comes in pieces; `cutAfter` breaks the connection. */
function streamOf(bytes: Uint8Array<ArrayBuffer>, cutAfter = Infinity): ReadableStream {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= cutAfter) return controller.error(new Error("connection reset"));
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset += 64 * 1024));
    },
  });
}

const streamed = (body: ReadableStream) => ({ body, duplex: "half" as const });

/** Begins an upload. */
async function begin(call: ReturnType<typeof testGateway>["call"]): Promise<string> {
  const answer = await call("POST", "/v2/app/blobs/uploads/");
  assertEquals([answer.status, answer.headers.get("range")], [202, "0-0"]);
  return answer.headers.get("location")!;
}

const progress = ({ status, headers }: Response) => [status, headers.get("range")];

for (const size of [0, 1, 100_000, 8 * MIB, 9 * MIB + 1]) {
  test(`an upload of ${size} bytes: at once, after POST, by PATCH`, async () => {
    const bytes = noise(size);
    const digest = await digestOf(bytes);
    const ways: Record<string, (gateway: ReturnType<typeof testGateway>) => Promise<Response>> = {
      once: ({ call }) =>
        call("POST", `/v2/app/blobs/uploads/?digest=${digest}`, streamed(streamOf(bytes))),
      put: async ({ call }) =>
        await call("PUT", `${await begin(call)}?digest=${digest}`, streamed(streamOf(bytes))),
      patch: async ({ call, open }) => {
        const location = await begin(call);
        const patched = await call("PATCH", location, streamed(streamOf(bytes)));
        assertEquals(progress(patched), [202, `0-${Math.max(0, size - 1)}`]);
        return await open()("PUT", `${location}?digest=${digest}`);
      },
    };
    for (const [name, way] of Object.entries(ways)) {
      const gateway = testGateway();
      const answer = await way(gateway);
      assertEquals(answer.status, 201, name);
      assertEquals(answer.headers.get("location"), `/v2/app/blobs/${digest}`);
      const objects = await gateway.bucket.objects();
      assertEquals(Object.keys(objects), [`blobs/${digest}`], name);
      assertEquals(await digestOf(objects[`blobs/${digest}`]!), digest);
    }
  });
}

test("chunks: each process sees where the upload is, and goes on with it", async () => {
  const { call, open, bucket } = testGateway();
  const bytes = noise(250_000);
  const digest = await digestOf(bytes);
  const location = await begin(call);
  const cuts = [0, 1, 100_000, 200_000];
  for (const [i, start] of cuts.slice(0, -1).entries()) {
    const end = cuts[i + 1]!;
    const answer = await open()("PATCH", location, {
      body: bytes.slice(start, end),
      headers: { "content-range": `${start}-${end - 1}` },
    });
    assertEquals(progress(answer), [202, `0-${end - 1}`]);
    assertEquals(progress(await open()("GET", location)), [204, `0-${end - 1}`]);
  }
  const wrong = await call("PATCH", location, {
    body: bytes.slice(0, 10),
    headers: { "content-range": "0-9" },
  });
  assertEquals(progress(wrong), [416, "0-199999"]);
  const last = await call("PUT", `${location}?digest=${digest}`, { body: bytes.slice(200_000) });
  assertEquals(last.status, 201);
  const objects = await bucket.objects();
  assertEquals(Object.keys(objects), [`blobs/${digest}`]);
  assertEquals(objects[`blobs/${digest}`], bytes);
  assertEquals(await errorOf(call("GET", location)), [404, "BLOB_UPLOAD_UNKNOWN"]);
});

const patch = (
  call: ReturnType<typeof testGateway>["call"],
  location: string,
  body: Uint8Array<ArrayBuffer>,
  start: number,
) => {
  const headers = { "content-range": `${start}-${start + body.length - 1}` };
  return call("PATCH", location, { body, headers });
};

/** A fetch that waits before it writes a piece of an upload. */
function gated(send: typeof fetch) {
  const held = gate();
  const reached = gate();
  const wait: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method === "PUT" && /uploads\/[^.]*\.[0-9a-f-]+$/.test(request.url)) {
      reached.open();
      await held.opened;
    }
    return await send(input, init);
  };
  return { fetch: wait, open: held.open, reached: reached.opened };
}

for (const conditional of [true, false]) {
  test(`a chunk that another has overtaken is refused; conditional writes: ${conditional}`, async () => {
    const { call, bucket, open, warnings } = testGateway();
    const send: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      if (!conditional) headers.delete("if-match");
      return bucket.fetch(input, { ...init, headers });
    };
    const slowed = gated(send);
    const slow = open({ fetch: slowed.fetch });
    const other = open({ fetch: send });
    const bytes = noise(30_000);
    const location = await begin(call);
    const stale = patch(slow, location, bytes.slice(0, 10_000), 0);
    await slowed.reached;
    for (const start of [0, 10_000, 20_000]) {
      const chunk = bytes.slice(start, start + 10_000);
      assertEquals(await status(patch(other, location, chunk, start)), 202);
    }
    slowed.open();
    assertEquals(progress(await stale), [416, "0-29999"]);
    assertEquals(progress(await call("GET", location)), [204, "0-29999"]);
    const digest = await digestOf(bytes);
    assertEquals(await status(call("PUT", `${location}?digest=${digest}`)), 201);
    assertEquals(Object.keys(await bucket.objects()), [`blobs/${digest}`]);
    assertEquals(warnings.length, conditional ? 0 : 2, "each process says it once");
  });

  test(`a chunk that is too late revives no upload; conditional writes: ${conditional}`, async () => {
    const { call, bucket, open } = testGateway();
    const slowed = gated((input, init) => {
      const headers = new Headers(init?.headers);
      if (!conditional) headers.delete("if-match");
      return bucket.fetch(input, { ...init, headers });
    });
    const location = await begin(call);
    const late = patch(open({ fetch: slowed.fetch }), location, noise(10), 0);
    await slowed.reached;
    assertEquals(await status(call("DELETE", location)), 204);
    slowed.open();
    assertEquals(await errorOf(late), [404, "BLOB_UPLOAD_UNKNOWN"]);
    assertEquals(Object.keys(await bucket.objects()), []);
  });
}

test("a chunk that was written down counts, though the answer to that got lost", async () => {
  const { bucket, open } = testGateway();
  let lost = false;
  const call = open({
    fetch: async (input, init) => {
      const response = await bucket.fetch(input, init);
      const loses = !lost && new Headers(init?.headers).has("if-match") && response.ok;
      if (!loses) return response;
      lost = true;
      throw new TypeError("connection reset");
    },
  });
  const location = await begin(call);
  assertEquals(progress(await patch(call, location, noise(10), 0)), [202, "0-9"]);
  assert(lost);
});

test("a body of another length than its Content-Range is refused, and nothing of it kept", async () => {
  const { call, bucket } = testGateway();
  const bytes = noise(100);
  const location = await begin(call);
  await status(patch(call, location, bytes.slice(0, 50), 0));
  const kept = Object.keys(await bucket.objects());
  const digest = await digestOf(bytes.slice(0, 70));
  for (const length of [1, 19, 21, 50]) {
    for (const [method, query] of [["PATCH", ""], ["PUT", `?digest=${digest}`]] as const) {
      const init = {
        ...streamed(streamOf(bytes.slice(50, 50 + length))),
        headers: { "content-range": "50-69" },
      };
      assertEquals(progress(await call(method, location + query, init)), [416, "0-49"]);
    }
  }
  assertEquals(Object.keys(await bucket.objects()), kept);
  const rest = {
    ...streamed(streamOf(bytes.slice(50, 70))),
    headers: { "content-range": "50-69" },
  };
  assertEquals(await status(call("PUT", `${location}?digest=${digest}`, rest)), 201);
});

test("many small chunks: few requests for each, and a session that stays short", async () => {
  const { call, bucket } = testGateway();
  const bytes = noise(4000);
  const location = await begin(call);
  const before = bucket.requests.length;
  for (let start = 0; start < bytes.length; start += 10) {
    assertEquals(await status(patch(call, location, bytes.slice(start, start + 10), start)), 202);
  }
  const requests = bucket.requests.length - before;
  // It is read, and it and the chunk are written; now and then what has waited becomes one piece.
  assert(requests < 4.2 * 400, `${requests} requests for 400 chunks`);
  const objects = await bucket.objects();
  const session = Object.keys(objects).find((key) => key.endsWith(".session"))!;
  assert(objects[session]!.length < 1500, `${objects[session]!.length} bytes of session`);
  assert(Object.keys(objects).length < 40, "what became one piece is deleted");
  const digest = await digestOf(bytes);
  assertEquals(await status(call("PUT", `${location}?digest=${digest}`)), 201);
  assertEquals(Object.keys(await bucket.objects()), [`blobs/${digest}`]);
});

for (
  const [name, sizes] of Object.entries({
    "each a part": [6, 5, 5, 7, 1],
    "odd ones": [6, 2, 1, 4, 9, 1, 1, 1],
    "each too small": [3, 3, 3, 3, 3, 3],
  })
) {
  for (const copies of name === "odd ones" ? [true, false] : [true]) {
    test(`large chunks, ${name}, are put together by the server: ${copies}`, async () => {
      const { call, open, bucket } = testGateway();
      bucket.intercept = ({ url, headers }) =>
        !copies && headers.has("x-amz-copy-source") && url.includes("partNumber")
          ? new Response("<Error><Code>NotImplemented</Code></Error>", { status: 501 })
          : undefined;
      const bytes = noise(sizes.reduce((a, b) => a + b) * MIB - 5);
      const digest = await digestOf(bytes);
      const location = await begin(call);
      const sent = () =>
        bucket.requests.reduce(
          (sum, { headers }) => sum + Number(headers.get("content-length")),
          0,
        );
      let start = 0;
      for (const size of sizes.slice(0, -1)) {
        const chunk = bytes.slice(start, start + size * MIB);
        assertEquals(await status(patch(open(), location, chunk, start)), 202);
        start += chunk.length;
      }
      const wrong = `${location}?digest=${await digestOf("other")}`;
      const last = { body: bytes.slice(start) };
      assertEquals(await errorOf(call("PUT", wrong, last)), [400, "DIGEST_INVALID"]);
      const arrived = sent();
      assert(arrived < 2.1 * bytes.length, `${arrived} bytes were written`);
      assertEquals(await status(call("HEAD", `/v2/app/blobs/${digest}`)), 404);
      const read = bucket.requests.length;
      assertEquals(await status(open()("PUT", `${location}?digest=${digest}`, last)), 201);
      const gets = bucket.requests.slice(read).filter(({ method }) => method === "GET").length;
      // The session, what waits, and at most once more what waits together with what came last.
      if (copies) assert(sent() - arrived < 10 * MIB && gets <= 5, `${sent() - arrived}, ${gets}`);
      const objects = await bucket.objects();
      assertEquals(Object.keys(objects), [`blobs/${digest}`]);
      assertEquals(await digestOf(objects[`blobs/${digest}`]!), digest);
      for await (const { key } of bucket.client.listMultipartUploads()) throw new Error(key);
    });
  }
}

test("a hash is gone on with elsewhere, wherever it was left", async () => {
  const bytes = noise(1000);
  for (let size = 0; size < bytes.length; size += 7) {
    let hash = new ResumableSha256();
    let hashed = 0;
    for (let step = 1; hashed < size; step = step * 3 % 101) {
      const end = Math.min(size, hashed + step);
      hash.update(bytes.subarray(hashed, end));
      hash = new ResumableSha256(hash.state, hashed = end);
    }
    assertEquals(`sha256:${hash.hex()}`, await digestOf(bytes.slice(0, size)));
  }
  assertThrows(() => new ResumableSha256(new ResumableSha256().state, 1), TypeError);
});

test("a cut upload goes on where it was cut", async () => {
  const { call, bucket } = testGateway();
  const bytes = noise(1_000_000);
  const location = await begin(call);
  const cut = await call("PATCH", location, streamed(streamOf(bytes, 300_000)));
  assertEquals(cut.status, 500);
  const [code, range] = progress(await call("GET", location));
  const arrived = Number((range as string).slice(2)) + 1;
  assert(code === 204 && arrived >= 300_000, `${range}`);
  const digest = await digestOf(bytes);
  const rest = await call("PATCH", location, { body: bytes.slice(arrived) });
  assertEquals(rest.status, 202);
  assertEquals((await call("PUT", `${location}?digest=${digest}`)).status, 201);
  assertEquals((await bucket.objects())[`blobs/${digest}`], bytes);
});

test("what is not what its digest says is never seen", async () => {
  for (const size of [0, 1000, 9 * MIB]) {
    const { call, bucket } = testGateway();
    const bytes = noise(size);
    const digest = await digestOf(noise(5));
    const refused = [400, "DIGEST_INVALID"];
    const path = `/v2/app/blobs/uploads/?digest=${digest}`;
    assertEquals(await errorOf(call("POST", path, streamed(streamOf(bytes)))), refused);
    const location = await begin(call);
    const put = (init = {}) => errorOf(call("PUT", `${location}?digest=${digest}`, init));
    assertEquals(await put(streamed(streamOf(bytes))), refused);
    await call("PATCH", location, streamed(streamOf(bytes)));
    assertEquals(await put(), refused);
    assertEquals(await put({ body: bytes.slice(0, 1) }), refused);
    assertEquals(await errorOf(call("PUT", location)), refused);
    assertEquals(await status(call("HEAD", `/v2/app/blobs/${digest}`)), 404);
    const keys = Object.keys(await bucket.objects());
    assertEquals(keys.filter((key) => key.startsWith("blobs/")), []);
    for await (const { key } of bucket.client.listMultipartUploads()) throw new Error(key);
  }
});

test("an upload cut on its way to its place leaves nothing", async () => {
  const { call, bucket } = testGateway();
  const bytes = noise(12 * MIB);
  const location = await begin(call);
  const path = `${location}?digest=${await digestOf(bytes)}`;
  assertEquals(await status(call("PUT", path, streamed(streamOf(bytes, 10 * MIB)))), 500);
  const keys = Object.keys(await bucket.objects());
  assertEquals(keys.filter((key) => key.startsWith("blobs/")), []);
  for await (const { key } of bucket.client.listMultipartUploads()) throw new Error(key);
  assertEquals(await status(call("PUT", path, streamed(streamOf(bytes)))), 201);
});

test("two clients push one blob at once", async () => {
  const { call, bucket } = testGateway();
  const bytes = noise(9 * MIB);
  const digest = await digestOf(bytes);
  const push = async () => {
    const location = await begin(call);
    return (await call("PUT", `${location}?digest=${digest}`, streamed(streamOf(bytes)))).status;
  };
  assertEquals(await Promise.all([push(), push(), push()]), [201, 201, 201]);
  assertEquals(Object.keys(await bucket.objects()), [`blobs/${digest}`]);
});

test("mount: what is there needs no upload, whatever repository it came from", async () => {
  const { call, push } = testGateway();
  const bytes = noise(10);
  const digest = await digestOf(bytes);
  const mount = `/v2/other/blobs/uploads/?mount=${digest}&from=app`;
  assertEquals((await call("POST", mount)).status, 202);
  await push("app", bytes);
  const answer = await call("POST", mount);
  assertEquals(
    [answer.status, answer.headers.get("location")],
    [201, `/v2/other/blobs/${digest}`],
  );
});

test("cancelled and foreign uploads are unknown", async () => {
  const { call, bucket } = testGateway();
  const location = await begin(call);
  await call("PATCH", location, { body: noise(10) });
  const foreign = location.replace("/app/", "/other/");
  assertEquals(await errorOf(call("GET", foreign)), [404, "BLOB_UPLOAD_UNKNOWN"]);
  assertEquals(await status(call("DELETE", location)), 204);
  assertEquals(Object.keys(await bucket.objects()), []);
  for (const method of ["GET", "PATCH", "PUT", "DELETE"]) {
    assertEquals(await errorOf(call(method, location)), [404, "BLOB_UPLOAD_UNKNOWN"], method);
  }
  const path = "/v2/app/blobs/uploads/..%2F..%2Fmanifests";
  assertEquals(await errorOf(call("GET", path)), [404, "BLOB_UPLOAD_UNKNOWN"]);
});

test("a blob that is larger than is allowed is refused", async () => {
  const { call, bucket } = testGateway({ maxBlobSize: 1000 });
  const bytes = noise(1001);
  const path = `/v2/app/blobs/uploads/?digest=${await digestOf(bytes)}`;
  assertEquals(await errorOf(call("POST", path, { body: bytes })), [413, "SIZE_INVALID"]);
  assertEquals(Object.keys(await bucket.objects()), []);
  const location = await begin(call);
  await call("PATCH", location, { body: bytes.slice(0, 600) });
  const more = streamed(streamOf(bytes.slice(600)));
  assertEquals(await status(call("PATCH", location, more)), 413);
  assertEquals(progress(await call("GET", location)), [204, "0-599"]);
});
