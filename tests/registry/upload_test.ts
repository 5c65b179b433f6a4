import { digestOf } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
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
  assertEquals(await status(call("PATCH", location, { body: bytes.slice(600) })), 413);
});
