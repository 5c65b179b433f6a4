import type { Xml } from "../../src/s3/xml.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { test } from "../harness.ts";
import { type Answer, detail, errorOf, NOW, startClient, type TestClient } from "./client.ts";

const PATH = "/test-bucket/key";

interface Upload {
  id: string;
  part(number: number, body: string): Promise<{ number: number; etag: string }>;
  complete(
    parts: { number: number; etag: string; extra?: string }[],
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

async function startUpload(
  client: TestClient,
  path = PATH,
  headers: Record<string, string> = {},
): Promise<Upload> {
  const root = await client.xml("POST", `${path}?uploads`, { headers });
  const id = root.get("UploadId")!;
  return {
    id,
    part: async (number, body) => {
      const etag = await client.put(`${path}?partNumber=${number}&uploadId=${id}`, body);
      return { number, etag };
    },
    complete: (parts, headers = {}) =>
      client.call("POST", `${path}?uploadId=${id}`, { headers, body: completion(parts) }),
  };
}

function completion(parts: { number: number; etag: string; extra?: string }[]): string {
  const items = parts.map(({ number, etag, extra = "" }) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>"${etag}"</ETag>${extra}</Part>`
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `${items.join("")}</CompleteMultipartUpload>`;
}

const uploadsOf = (list: Xml) =>
  list.all("Upload").map((upload) => `${upload.get("Key")} ${upload.get("UploadId")}`);

test("parts become an object, in the order of their numbers", async () => {
  let now = NOW;
  const client = startClient({ minPartSize: 3, clock: () => now });
  const headers = { "content-type": "text/plain", "x-amz-meta-a": "b" };
  const upload = await startUpload(client, PATH, headers);
  now += 60_000;
  const last = await upload.part(7, "l");
  const first = await upload.part(2, "first");
  assertEquals(errorOf(await client.call("GET", PATH)), "404 NoSuchKey");
  const answer = await upload.complete([first, last]);
  assertEquals(answer.status, 200, answer.text);
  assertEquals([detail(answer, "Bucket"), detail(answer, "Key")], ["test-bucket", "key"]);
  assertEquals(detail(answer, "Location"), "http://s3.test/test-bucket/key");
  // md5(md5("first") md5("l")), printed by openssl.
  const etag = '"98a6f6ac83ffef0788e77f4db7e98bc5-2"';
  assertEquals(detail(answer, "ETag"), etag);
  const object = await client.call("GET", PATH);
  assertEquals([object.text, object.headers.get("etag")], ["firstl", etag]);
  assertEquals(object.headers.get("content-type"), "text/plain");
  assertEquals(object.headers.get("x-amz-meta-a"), "b");
  // S3 dates it by when the upload began.
  assertEquals(object.headers.get("last-modified"), "Fri, 02 Jan 2026 03:04:05 GMT");
});

test("a part is replaced by one of the same number", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const old = await upload.part(1, "old");
  const replaced = await upload.part(1, "new");
  assertEquals(errorOf(await upload.complete([old])), "400 InvalidPart");
  assertEquals((await upload.complete([replaced])).status, 200);
  assertEquals((await client.call("GET", PATH)).text, "new");
});

test("parts that are not listed are left out", async () => {
  const client = startClient({ minPartSize: 1 });
  const upload = await startUpload(client);
  const one = await upload.part(1, "one");
  await upload.part(2, "two");
  const three = await upload.part(3, "three");
  assertEquals((await upload.complete([one, three])).status, 200);
  assertEquals((await client.call("GET", PATH)).text, "onethree");
});

test("a part of an object is read by its number", async () => {
  const client = startClient({ minPartSize: 1 });
  const upload = await startUpload(client);
  await upload.complete([await upload.part(1, "one"), await upload.part(5, "five")]);
  const second = await client.call("GET", `${PATH}?partNumber=2`);
  assertEquals([second.status, second.text], [206, "five"]);
  assertEquals(second.headers.get("x-amz-mp-parts-count"), "2");
  assertEquals(second.headers.get("content-range"), "bytes 3-6/7");
  assertEquals(errorOf(await client.call("GET", `${PATH}?partNumber=3`)), "416 InvalidPartNumber");
});

test("every part but the last has 5 MiB", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const small = await upload.part(1, "small");
  const last = await upload.part(2, "last");
  const answer = await upload.complete([small, last]);
  assertEquals(errorOf(answer), "400 EntityTooSmall");
  assertEquals(
    [
      detail(answer, "ProposedSize"),
      detail(answer, "MinSizeAllowed"),
      detail(answer, "PartNumber"),
    ],
    ["5", "5242880", "1"],
  );
  assertEquals((await upload.complete([last])).status, 200);
});

test("parts are listed in ascending order, at least one, and as they are", async () => {
  const client = startClient({ minPartSize: 1 });
  const upload = await startUpload(client);
  const one = await upload.part(1, "one");
  const two = await upload.part(2, "two");
  assertEquals(errorOf(await upload.complete([two, one])), "400 InvalidPartOrder");
  assertEquals(errorOf(await upload.complete([one, one])), "400 InvalidPartOrder");
  assertEquals(errorOf(await upload.complete([])), "400 MalformedXML");
  const missing = { number: 3, etag: one.etag };
  const answer = await upload.complete([one, missing]);
  assertEquals([errorOf(answer), detail(answer, "PartNumber")], ["400 InvalidPart", "3"]);
  const path = `${PATH}?uploadId=${upload.id}`;
  for (
    const body of [
      "",
      "<x",
      "<Other/>",
      "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
    ]
  ) {
    assertEquals(errorOf(await client.call("POST", path, { body })), "400 MalformedXML");
  }
});

test("part numbers go from 1 to 10,000", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  await upload.part(1, "x");
  await upload.part(10_000, "x");
  for (const number of [0, 10_001, "x", ""]) {
    const path = `${PATH}?partNumber=${number}&uploadId=${upload.id}`;
    assertEquals(errorOf(await client.call("PUT", path, { body: "x" })), "400 InvalidArgument");
  }
});

test("an upload that is not there is not found", async () => {
  const client = startClient();
  const query = "uploadId=none";
  assertEquals(
    errorOf(await client.call("PUT", `${PATH}?partNumber=1&${query}`, { body: "x" })),
    "404 NoSuchUpload",
  );
  assertEquals(errorOf(await client.call("GET", `${PATH}?${query}`)), "404 NoSuchUpload");
  assertEquals(errorOf(await client.call("DELETE", `${PATH}?${query}`)), "404 NoSuchUpload");
  const body = completion([{ number: 1, etag: "x" }]);
  assertEquals(
    errorOf(await client.call("POST", `${PATH}?${query}`, { body })),
    "404 NoSuchUpload",
  );
  const { id } = await startUpload(client, "/test-bucket/other");
  assertEquals(errorOf(await client.call("GET", `${PATH}?uploadId=${id}`)), "404 NoSuchUpload");
});

test("an aborted upload is gone with its parts", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const part = await upload.part(1, "x");
  const path = `${PATH}?uploadId=${upload.id}`;
  assertEquals((await client.call("DELETE", path)).status, 204);
  assertEquals(errorOf(await client.call("DELETE", path)), "404 NoSuchUpload");
  assertEquals(errorOf(await upload.complete([part])), "404 NoSuchUpload");
  const bucket = await client.server.storage.bucket("test-bucket");
  assertEquals(await bucket!.uploads.list({ prefix: "", limit: 9 }), []);
});

test("completing twice answers twice", async () => {
  const client = startClient({ minPartSize: 1 });
  const upload = await startUpload(client);
  const parts = [await upload.part(1, "one"), await upload.part(2, "two")];
  const first = await upload.complete(parts);
  const second = await upload.complete(parts);
  assertEquals([second.status, second.text], [200, first.text]);
  assertEquals(errorOf(await upload.complete(parts.slice(1))), "404 NoSuchUpload");
});

test("completing is done on conditions", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const part = await upload.part(1, "new");
  const etag = await client.put(PATH, "old");
  const fresh = await upload.complete([part], { "if-none-match": "*" });
  assertEquals(errorOf(fresh), "412 PreconditionFailed");
  assertEquals((await client.call("GET", PATH)).text, "old");
  assertEquals((await upload.complete([part], { "if-match": `"${etag}"` })).status, 200);
  assertEquals((await client.call("GET", PATH)).text, "new");
});

test("a size that was announced must be right", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const part = await upload.part(1, "12345");
  const wrong = await upload.complete([part], { "x-amz-mp-object-size": "4" });
  assertEquals(errorOf(wrong), "400 InvalidRequest");
  assertEquals((await upload.complete([part], { "x-amz-mp-object-size": "5" })).status, 200);
});

test("checksums of parts make the object's", async () => {
  const client = startClient({ minPartSize: 1 });
  const algorithm = { "x-amz-checksum-algorithm": "CRC32C" };
  const upload = await startUpload(client, PATH, algorithm);
  const value = "4waSgw==";
  const headers = { "x-amz-checksum-crc32c": value };
  const path = (number: number) => `${PATH}?partNumber=${number}&uploadId=${upload.id}`;
  const etag = await client.put(path(1), "123456789", { headers });
  await client.put(path(2), "123456789", { headers });
  const extra = `<ChecksumCRC32C>${value}</ChecksumCRC32C>`;
  const wrong = [{ number: 1, etag, extra: extra.replace("4", "5") }];
  assertEquals(errorOf(await upload.complete(wrong)), "400 InvalidPart");
  const answer = await upload.complete([{ number: 1, etag, extra }, { number: 2, etag, extra }]);
  assertMatch(detail(answer, "ChecksumCRC32C")!, /^[A-Za-z0-9+/]{6}==-2$/);
  const mode = { "x-amz-checksum-mode": "ENABLED" };
  const head = await client.call("HEAD", PATH, { headers: mode });
  assertEquals(head.headers.get("x-amz-checksum-crc32c"), detail(answer, "ChecksumCRC32C")!);
  assertEquals(head.headers.get("x-amz-checksum-type"), "COMPOSITE");
});

test("an upload with a checksum wants one for each part", async () => {
  const client = startClient();
  const upload = await startUpload(client, PATH, { "x-amz-checksum-algorithm": "SHA256" });
  const answer = await upload.complete([await upload.part(1, "x")]);
  assertEquals(errorOf(answer), "400 InvalidRequest");
});

test("parts are listed in pages", async () => {
  const client = startClient();
  const upload = await startUpload(client);
  const etags = [];
  for (const number of [3, 1, 10, 2]) etags[number] = (await upload.part(number, "x")).etag;
  const list = (query: string) => client.xml("GET", `${PATH}?uploadId=${upload.id}${query}`);
  const all = await list("");
  assertEquals(all.all("Part").map((part) => part.get("PartNumber")), ["1", "2", "3", "10"]);
  const [part] = all.all("Part");
  assertEquals([part!.get("ETag"), part!.get("Size")], [`"${etags[1]}"`, "1"]);
  assertEquals(all.get("IsTruncated"), "false");
  const page = await list("&max-parts=2&part-number-marker=1");
  assertEquals(page.all("Part").map((part) => part.get("PartNumber")), ["2", "3"]);
  assertEquals([page.get("IsTruncated"), page.get("NextPartNumberMarker")], ["true", "3"]);
});

test("uploads are listed by key and then by age, in pages", async () => {
  let now = NOW;
  const client = startClient({ clock: () => now });
  const started: string[] = [];
  for (const key of ["b", "a", "b", "c/1", "c/2"]) {
    const { id } = await startUpload(client, `/test-bucket/${key}`);
    started.push(`${key} ${id}`);
    now += 1000;
  }
  const [b1, a, b2, c1, c2] = started;
  const list = (query = "") => client.xml("GET", `/test-bucket?uploads${query}`);
  assertEquals(uploadsOf(await list()), [a, b1, b2, c1, c2]);
  assertEquals(uploadsOf(await list("&prefix=b")), [b1, b2]);
  const first = await list("&max-uploads=2");
  assertEquals([uploadsOf(first), first.get("IsTruncated")], [[a, b1], "true"]);
  const marker = `&key-marker=${first.get("NextKeyMarker")}` +
    `&upload-id-marker=${first.get("NextUploadIdMarker")}`;
  const rest = await list(marker);
  assertEquals([uploadsOf(rest), rest.get("IsTruncated")], [[b2, c1, c2], "false"]);
  assertEquals(uploadsOf(await list("&key-marker=b")), [c1, c2]);
  const rolled = await list("&delimiter=/");
  assertEquals(uploadsOf(rolled), [a, b1, b2]);
  assertEquals(rolled.all("CommonPrefixes").map((item) => item.get("Prefix")), ["c/"]);
  assert(rolled.all("Upload").every((upload) => upload.get("Initiated")!.endsWith(".000Z")));
});

test("a part is copied from an object, whole or by range", async () => {
  const client = startClient({ minPartSize: 1 });
  await client.put("/test-bucket/source", "0123456789");
  const upload = await startUpload(client);
  const copy = async (number: number, range?: string) => {
    const headers = {
      "x-amz-copy-source": "/test-bucket/source",
      ...(range ? { "x-amz-copy-source-range": range } : {}),
    };
    return await client.call("PUT", `${PATH}?partNumber=${number}&uploadId=${upload.id}`, {
      headers,
    });
  };
  const whole = await copy(1);
  const piece = await copy(2, "bytes=3-5");
  assertEquals(whole.status, 200, whole.text);
  const etag = (answer: Answer) => detail(answer, "ETag")!.slice(1, -1);
  const completed = await upload.complete([
    { number: 1, etag: etag(whole) },
    { number: 2, etag: etag(piece) },
  ]);
  assertEquals(completed.status, 200, completed.text);
  assertEquals((await client.call("GET", PATH)).text, "0123456789345");
  const other = await startUpload(client);
  for (const range of ["bytes=3-10", "bytes=5-3", "bytes=3-", "bytes=-3", "3-5"]) {
    const path = `${PATH}?partNumber=1&uploadId=${other.id}`;
    const headers = {
      "x-amz-copy-source": "test-bucket/source",
      "x-amz-copy-source-range": range,
    };
    assertEquals(
      errorOf(await client.call("PUT", path, { headers })),
      "400 InvalidArgument",
      range,
    );
  }
});
