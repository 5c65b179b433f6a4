import { IntegrityError, S3Error } from "s3cache";
import { assertEquals, assertRejects } from "../assert.ts";
import { test } from "../harness.ts";
import { breaking, s3Error, scripted } from "./scripted.ts";

const part = (text: string, start: number, total: number) =>
  new Response(text, {
    status: 206,
    headers: {
      etag: '"v1"',
      "content-range": `bytes ${start}-${start + text.length - 1}/${total}`,
    },
  });
const whole = (body: BodyInit) =>
  new Response(body, { headers: { etag: '"v1"', "content-length": "10" } });

test("a body that breaks is taken up where it broke, of the same version only", async () => {
  const { client, sent } = scripted([
    whole(breaking(["0123", "45"])),
    part("6789", 6, 10),
  ]);
  assertEquals(await (await client.get("k")).text(), "0123456789");
  assertEquals(sent[1]!.headers.get("range"), "bytes=6-9");
  assertEquals(sent[1]!.headers.get("if-match"), '"v1"');
});

test("a body that ends early without an error is taken up as well", async () => {
  const { client } = scripted([whole("0123"), part("456789", 4, 10)]);
  assertEquals(await (await client.get("k")).text(), "0123456789");
});

test("a range that breaks goes on within the range", async () => {
  const { client, sent } = scripted([
    new Response(breaking(["23"]), {
      status: 206,
      headers: { etag: '"v1"', "content-range": "bytes 2-6/10", "content-length": "5" },
    }),
    part("456", 4, 10),
  ]);
  const result = await client.get("k", { range: { start: 2, end: 6 } });
  assertEquals([result.length, result.info.size], [5, 10]);
  assertEquals(await result.text(), "23456");
  assertEquals(sent[1]!.headers.get("range"), "bytes=4-6");
});

test("an object that was replaced meanwhile is not mixed", async () => {
  const { client } = scripted([whole(breaking(["0123"])), s3Error(412, "PreconditionFailed")]);
  const result = await client.get("k");
  await assertRejects(() => result.text(), S3Error, "PreconditionFailed");
});

test("a connection that only breaks is given up", async () => {
  const { client, sent } = scripted([
    whole(breaking([])),
    () =>
      Promise.resolve(
        new Response(breaking([]), { status: 206, headers: { "content-range": "bytes 0-9/10" } }),
      ),
  ]);
  const result = await client.get("k");
  await assertRejects(() => result.text(), S3Error, "connection reset");
  assertEquals(sent.length, 4);
});

test("a server that cannot resume is not mistaken for one that can", async () => {
  const { client } = scripted([whole(breaking(["0123"])), whole("0123456789")]);
  const result = await client.get("k");
  await assertRejects(() => result.text(), IntegrityError, "Range");
});

test("a digest is verified at the end of the body", async () => {
  const digest = "sha256:84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";
  const good = scripted([whole("0123456789")]);
  assertEquals(await (await good.client.get("k", { digest })).text(), "0123456789");
  const bad = scripted([whole("0123456788")]);
  const result = await bad.client.get("k", { digest });
  await assertRejects(() => result.text(), IntegrityError, digest);
  const range = { start: 1 };
  await assertRejects(() => bad.client.get("k", { digest, range }), TypeError, "range");
});

test("ranges that make no sense are refused before anything is sent", async () => {
  const { client, sent } = scripted([whole("0123456789")]);
  for (const range of [{ start: -1 }, { start: 1.5 }, { start: 3, end: 2 }, { end: NaN }]) {
    await assertRejects(() => client.get("k", { range }), TypeError, "range");
  }
  assertEquals(sent.length, 0);
});

test("a body that nobody wants any more is given back", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(2)),
    cancel: () => void (cancelled = true),
  });
  const { client } = scripted([() => Promise.resolve(whole(body))]);
  await (await client.get("k")).body.cancel();
  assertEquals(cancelled, true);
});

test("a body that stalls while it is read is given back at once", async () => {
  const { client } = scripted([
    (request) => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) =>
          request.signal!.addEventListener("abort", () => controller.error(request.signal!.reason)),
      });
      return Promise.resolve(whole(body));
    },
  ]);
  const reader = (await client.get("k")).body.getReader();
  const pending = reader.read();
  await reader.cancel();
  assertEquals((await pending).done, true);
});
