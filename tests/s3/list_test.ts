import { assertEquals, assertRejects } from "../assert.ts";
import { collect } from "../collect.ts";
import { test } from "../harness.ts";
import { scripted } from "./scripted.ts";

/** One page of a listing. */
function page(content: string, root = "ListBucketResult"): Response {
  return new Response(`<?xml version="1.0"?><${root}>${content}</${root}>`);
}

const entry = (key: string, more = "") =>
  `<Contents><Key>${key}</Key><Size>3</Size><ETag>"1"</ETag>` +
  `<LastModified>2026-01-02T03:04:05.000Z</LastModified>${more}</Contents>`;

test("pages are asked for one by one, each where the last one ended", async () => {
  const { client, sent } = scripted([
    page(`<IsTruncated>true</IsTruncated><NextContinuationToken>a+/=</NextContinuationToken>`),
    page(`<IsTruncated>false</IsTruncated>${entry("k")}`),
  ]);
  const keys = await collect(client.list({ prefix: "p/ +", startAfter: "é", pageSize: 7 }));
  assertEquals(keys.map(({ key }) => key), ["k"]);
  assertEquals(sent.map(({ url }) => url.search), [
    "?list-type=2&encoding-type=url&prefix=p%2F%20%2B&start-after=%C3%A9&max-keys=7",
    "?list-type=2&encoding-type=url&prefix=p%2F%20%2B&start-after=%C3%A9&max-keys=7" +
    "&continuation-token=a%2B%2F%3D",
  ]);
});

test("a page is not asked for before it is needed", async () => {
  const { client, sent } = scripted([
    page(
      `<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>` +
        entry("1") + entry("2"),
    ),
  ]);
  for await (const { key } of client.list()) if (key === "2") break;
  assertEquals(sent.length, 1);
});

test("keys are decoded where the server has encoded them, and only there", async () => {
  const encoded = scripted([
    page(`<EncodingType>url</EncodingType>${entry("a%2Bb+c%2Fd%01")}`),
  ]);
  assertEquals((await collect(encoded.client.list()))[0]!.key, "a+b c/d\x01");
  const plain = scripted([page(entry("a%2Bb+c &amp;"))]);
  assertEquals((await collect(plain.client.list()))[0]!.key, "a%2Bb+c &");
  const pretended = scripted([page(`<EncodingType>url</EncodingType>${entry("100 %")}`)]);
  assertEquals((await collect(pretended.client.list()))[0]!.key, "100 %");
});

test("an entry has what S3 says, and no storage class that is the usual one", async () => {
  const { client } = scripted([
    page(
      entry("1", "<StorageClass>STANDARD</StorageClass>") +
        entry("2", "<StorageClass>GLACIER</StorageClass>"),
    ),
  ]);
  const info = { size: 3, etag: '"1"', lastModified: new Date("2026-01-02T03:04:05Z") };
  assertEquals(await collect(client.list()), [
    { key: "1", ...info },
    { key: "2", ...info, storageClass: "GLACIER" },
  ]);
});

test("what a delimiter cuts off is on its page", async () => {
  const { client } = scripted([
    page(
      `<EncodingType>url</EncodingType><CommonPrefixes><Prefix>a+b/</Prefix></CommonPrefixes>` +
        `<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>`,
    ),
  ]);
  assertEquals(await collect(client.listPages({ delimiter: "/" })), [
    { objects: [], prefixes: ["a b/", "c/"], last: true },
  ]);
});

test("a page size that is none is refused", async () => {
  const { client } = scripted([page("")]);
  await assertRejects(() => collect(client.list({ pageSize: 0 })), TypeError, "pageSize 0");
});

test("a list that does not say how it goes on is not taken for the whole", async () => {
  const truncated = `<IsTruncated>true</IsTruncated><NextContinuationToken/>${entry("k")}`;
  const objects = scripted([page(truncated)]);
  const list = () => collect(objects.client.list());
  await assertRejects(list, Error, "no NextContinuationToken");
  const uploads = scripted([
    page("<IsTruncated>true</IsTruncated>", "ListMultipartUploadsResult"),
  ]);
  const listUploads = () => collect(uploads.client.listMultipartUploads());
  await assertRejects(listUploads, Error, "no NextKeyMarker");
});

test("pending uploads are listed in pages as well", async () => {
  const upload = (key: string, id: string) =>
    `<Upload><Key>${key}</Key><UploadId>${id}</UploadId>` +
    `<Initiated>2026-01-02T03:04:05.000Z</Initiated></Upload>`;
  const { client, sent } = scripted([
    page(
      "<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>" +
        "<NextKeyMarker>a+b</NextKeyMarker><NextUploadIdMarker>u/1</NextUploadIdMarker>" +
        upload("a+b", "u/1"),
      "ListMultipartUploadsResult",
    ),
    page(upload("c", "u2"), "ListMultipartUploadsResult"),
  ]);
  const found = await collect(client.listMultipartUploads({ prefix: "p" }));
  assertEquals(found.map(({ key, uploadId }) => [key, uploadId]), [["a b", "u/1"], ["c", "u2"]]);
  assertEquals(
    sent[1]!.url.search,
    "?uploads=&encoding-type=url&prefix=p&key-marker=a%20b&upload-id-marker=u%2F1",
  );
});

test("a listing that is cut in the middle is asked for again", async () => {
  const whole = `<ListBucketResult>${entry("1")}${entry("2")}</ListBucketResult>`;
  const { client, sent } = scripted([new Response(whole.slice(0, -40)), new Response(whole)]);
  assertEquals((await collect(client.list())).length, 2);
  assertEquals(sent.length, 2);
});
