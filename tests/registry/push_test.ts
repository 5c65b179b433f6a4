import { digestOf } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture } from "../transfer/bucket.ts";
import { errorOf, localImage, status, testGateway } from "./gateway.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

type Gateway = ReturnType<typeof testGateway>;

/** Pushes a cache that BuildKit wrote to a directory, as a client would. */
async function pushImage(gateway: Gateway, fixture: string, repository: string, tag: string) {
  const image = await localImage(fixture);
  for (const bytes of image.blobs.values()) {
    assertEquals(await gateway.push(repository, bytes), 201);
  }
  const answer = await putManifest(gateway, `${repository}/manifests/${tag}`, image);
  assertEquals([answer.status, answer.headers.get("docker-content-digest")], [201, image.digest]);
  return image;
}

async function putManifest(
  { call }: Gateway,
  place: string,
  { bytes, mediaType }: { bytes: Uint8Array<ArrayBuffer>; mediaType: string },
) {
  return await call("PUT", `/v2/${place}`, {
    body: bytes,
    headers: { "content-type": mediaType },
  });
}

for (const fixture of ["web-min", "web-max", "link-max", "mount-max", "plat-max", "index-max"]) {
  test(`${fixture}: pushed, it is what BuildKit's S3 exporter would have written`, async () => {
    const gateway = testGateway();
    const image = await pushImage(gateway, fixture, "app", "latest");
    const objects = await gateway.bucket.objects();
    const expected = bucketFixture(fixture);
    assertEquals(objects["manifests/app"], expected["manifests/app"]);
    for (const key of Object.keys(expected)) assertEquals(objects[key], expected[key], key);
    for (const reference of ["latest", image.digest]) {
      const answer = await gateway.open()("GET", `/v2/app/manifests/${reference}`);
      assertEquals(answer.headers.get("content-type"), image.mediaType);
      assertEquals(new Uint8Array(await answer.arrayBuffer()), image.bytes);
    }
  });
}

test("zstd: the layers are served as they were pushed", async () => {
  const gateway = testGateway();
  const image = await pushImage(gateway, "zstd-max", "app", "v1");
  const { layers } = JSON.parse(
    new TextDecoder().decode((await gateway.bucket.objects())["manifests/app:v1"]),
  );
  const types = new Set(
    layers.map((layer: { annotations: { mediaType: string } }) => layer.annotations.mediaType),
  );
  assert(types.has("application/vnd.oci.image.layer.v1.tar+zstd"));
  const answer = await gateway.call("GET", "/v2/app/manifests/v1");
  assertEquals(new Uint8Array(await answer.arrayBuffer()), image.bytes);
});

test("a name that BuildKit overwrites is what BuildKit wrote, the digest what was pushed", async () => {
  const gateway = testGateway();
  const image = await pushImage(gateway, "index-max", "app", "latest");
  const other = bucketFixture("web-max");
  for (const [key, bytes] of Object.entries(other)) {
    await gateway.bucket.client.put(key, new Uint8Array(bytes));
  }
  const now = await gateway.call("HEAD", "/v2/app/manifests/latest");
  assertEquals(now.headers.get("docker-content-digest"), (await localImage("web-max")).digest);
  const kept = await gateway.call("GET", `/v2/app/manifests/${image.digest}`);
  assertEquals(new Uint8Array(await kept.arrayBuffer()), image.bytes);
});

test("a pushed manifest whose config was lost is encoded anew", async () => {
  const gateway = testGateway();
  const image = await pushImage(gateway, "web-max", "app", "latest");
  const { config } = JSON.parse(new TextDecoder().decode(image.bytes));
  await gateway.bucket.client.delete(`blobs/${config.digest}`);
  const answer = await gateway.call("GET", "/v2/app/manifests/latest");
  const served = JSON.parse(await answer.text());
  assertEquals(await status(gateway.call("HEAD", `/v2/app/blobs/${served.config.digest}`)), 200);
});

test("a manifest whose blob is gone is refused, and changes nothing", async () => {
  const gateway = testGateway();
  const image = await localImage("web-max");
  const layer = Object.keys(bucketFixture("web-max")).find((key) => key.startsWith("blobs/"))!;
  for (const [digest, bytes] of image.blobs) {
    if (layer !== `blobs/${digest}`) await gateway.push("app", bytes);
  }
  const before = await gateway.bucket.objects();
  const put = () => putManifest(gateway, "app/manifests/latest", image);
  assertEquals(await errorOf(put()), [404, "MANIFEST_BLOB_UNKNOWN"]);
  await gateway.bucket.client.put(layer, "of another size");
  assertEquals(await errorOf(put()), [404, "MANIFEST_BLOB_UNKNOWN"]);
  await gateway.bucket.client.delete(layer);
  assertEquals(await gateway.bucket.objects(), before);
});

test("a manifest's blobs are touched when it is pushed", async () => {
  const gateway = testGateway();
  const image = await pushImage(gateway, "web-max", "app", "latest");
  gateway.bucket.advance(25);
  const start = gateway.bucket.clock();
  assertEquals((await putManifest(gateway, "app/manifests/latest", image)).status, 201);
  for (const digest of image.blobs.keys()) {
    const { lastModified } = (await gateway.bucket.client.head(`blobs/${digest}`))!;
    assert(lastModified.getTime() >= start, digest);
  }
});

test("merge: a push keeps what the manifest holds", async () => {
  const gateway = testGateway();
  const { cache } = { cache: gateway.bucket.options({ merge: true }) };
  const merging = { ...gateway, call: gateway.open({ cache }) };
  await pushImage(gateway, "web-max", "app", "latest");
  await pushImage(merging, "mount-max", "app", "latest");
  const text = new TextDecoder().decode((await gateway.bucket.objects())["manifests/app"]);
  const { layers } = JSON.parse(text) as { layers: { blob: string }[] };
  const blobs = new Set(layers.map(({ blob }) => blob));
  for (const fixture of ["web-max", "mount-max"]) {
    for (const key of Object.keys(bucketFixture(fixture))) {
      if (key.startsWith("blobs/")) assert(blobs.has(key.slice("blobs/".length)), key);
    }
  }
});

test("manifests that are none are refused", async () => {
  const gateway = testGateway();
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const cacheConfig = "application/vnd.buildkit.cacheconfig.v0";
  const put = (value: unknown, reference = "latest") =>
    errorOf(
      putManifest(gateway, `app/manifests/${reference}`, { bytes: encode(value), mediaType }),
    );
  const manifest = { schemaVersion: 2, mediaType, layers: [] };
  assertEquals(await put([]), [400, "MANIFEST_INVALID"]);
  assertEquals(await put({ ...manifest, schemaVersion: 1 }), [400, "MANIFEST_INVALID"]);
  assertEquals(await put({ ...manifest, mediaType: "a/b" }), [400, "MANIFEST_INVALID"]);
  assertEquals(await put({ ...manifest, layers: [{ digest: "x" }] }), [400, "MANIFEST_INVALID"]);
  assertEquals(
    await put({ ...manifest, pad: "x".repeat(5 * 1024 * 1024) }),
    [413, "SIZE_INVALID"],
  );
  const zero = "sha256:" + "0".repeat(64);
  assertEquals(await put(manifest, zero), [400, "DIGEST_INVALID"]);
  assertEquals(await put(manifest, "sha512:00"), [400, "DIGEST_INVALID"]);
  assertEquals(await put(manifest, "-tag"), [400, "MANIFEST_INVALID"]);
  const bytes = encode({ layers: "none" });
  assertEquals(await gateway.push("app", bytes), 201);
  const config = { mediaType: cacheConfig, digest: await digestOf(bytes), size: bytes.length };
  assertEquals(await put({ ...manifest, config }), [400, "MANIFEST_INVALID"]);
  assertEquals(Object.keys(await gateway.bucket.objects()), [`blobs/${config.digest}`]);
});

test("other artifacts live beside the caches", async () => {
  const gateway = testGateway();
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const blob = encode({ any: "thing" });
  await gateway.push("app", blob);
  const descriptor = { mediaType: "text/plain", digest: await digestOf(blob), size: blob.length };
  const manifest = { schemaVersion: 2, mediaType, config: descriptor, layers: [descriptor] };
  const bytes = encode(manifest);
  const digest = await digestOf(bytes);
  const place = "app/manifests/image";
  assertEquals((await putManifest(gateway, place, { bytes, mediaType })).status, 201);
  const answer = await gateway.call("GET", `/v2/${place}`);
  assertEquals(new Uint8Array(await answer.arrayBuffer()), bytes);
  await pushImage(gateway, "web-min", "app", "latest");
  const list = await gateway.call("GET", "/v2/app/tags/list");
  assertEquals((await list.json()).tags, ["image", "latest"]);

  const about = encode({ ...manifest, artifactType: "a/sig", subject: { ...descriptor, digest } });
  const signed = await putManifest(gateway, "app/manifests/sig", { bytes: about, mediaType });
  assertEquals(signed.headers.get("oci-subject"), digest);
  const referrers = async (query: string) => {
    const index = await gateway.call("GET", `/v2/app/referrers/${digest}${query}`);
    const { manifests } = await index.json();
    return manifests.map(({ digest }: { digest: string }) => digest);
  };
  const signature = await digestOf(about);
  assertEquals(await referrers(""), [signature]);
  assertEquals(await referrers("?artifactType=a/sig"), [signature]);
  assertEquals(await referrers("?artifactType=a/other"), []);
  assertEquals(await status(gateway.call("DELETE", `/v2/app/manifests/${signature}`)), 202);
  assertEquals(await referrers(""), []);
  assertEquals(await status(gateway.call("GET", "/v2/app/manifests/sig")), 404);

  const index = encode({
    schemaVersion: 2,
    manifests: [{ mediaType, digest, size: bytes.length }],
  });
  const indexType = "application/vnd.oci.image.index.v1+json";
  const put = { bytes: index, mediaType: indexType };
  assertEquals((await putManifest(gateway, "app/manifests/index", put)).status, 201);
});

test("a tag is one thing: a cache takes an image's place, and the reverse", async () => {
  const gateway = testGateway();
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const bytes = encode({ schemaVersion: 2, mediaType, layers: [] });
  const digestNow = async () => {
    const answer = await gateway.call("HEAD", "/v2/app/manifests/latest");
    return answer.headers.get("docker-content-digest");
  };
  const image = await pushImage(gateway, "web-min", "app", "latest");
  await putManifest(gateway, "app/manifests/latest", { bytes, mediaType });
  assertEquals(await digestNow(), await digestOf(bytes));
  assertEquals(await gateway.bucket.client.head("manifests/app"), undefined);
  await pushImage(gateway, "web-min", "app", "latest");
  assertEquals(await digestNow(), image.digest);
  const list = await gateway.call("GET", "/v2/app/tags/list");
  assertEquals((await list.json()).tags, ["latest"]);
});

test("deleting a tag, a digest, a blob", async () => {
  const gateway = testGateway();
  const { call, bucket } = gateway;
  const image = await pushImage(gateway, "web-max", "app", "latest");
  await pushImage(gateway, "web-max", "app", "same");
  await pushImage(gateway, "web-min", "app", "other");
  assertEquals(await status(call("DELETE", "/v2/app/manifests/other")), 202);
  assertEquals(await status(call("DELETE", "/v2/app/manifests/other")), 404);
  assertEquals(await bucket.client.head("manifests/app:other"), undefined);
  assertEquals(await status(call("DELETE", `/v2/app/manifests/${image.digest}`)), 202);
  for (const reference of ["latest", "same", image.digest]) {
    assertEquals(await status(call("GET", `/v2/app/manifests/${reference}`)), 404, reference);
  }
  assertEquals(await status(call("DELETE", `/v2/app/manifests/${image.digest}`)), 404);
  const [digest] = image.blobs.keys();
  assertEquals(await status(call("DELETE", `/v2/app/blobs/${digest}`)), 202);
  assertEquals(await status(call("DELETE", `/v2/app/blobs/${digest}`)), 404);
});

/** A bucket that refuses to delete, as that of a writer without s3:DeleteObject. */
function refuseDeletes({ bucket }: Gateway) {
  bucket.intercept = ({ method, url }) => {
    const deletes = method === "DELETE" || method === "POST" && url.includes("?delete");
    const body = "<Error><Code>AccessDenied</Code></Error>";
    return deletes ? new Response(body, { status: 403 }) : undefined;
  };
}

test("a writer that may not delete pushes caches, images and blobs", async () => {
  const gateway = testGateway();
  const { call, bucket, warnings } = gateway;
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const bytes = encode({ schemaVersion: 2, mediaType, layers: [] });
  const image = { bytes, mediaType };
  const put = async (tag: string) =>
    (await putManifest(gateway, `app/manifests/${tag}`, image)).status;
  assertEquals(await put("tagged"), 201);
  refuseDeletes(gateway);
  const { digest } = await pushImage(gateway, "web-min", "app", "latest");
  assertEquals(await put("other"), 201);
  assertEquals(warnings, [], "there was nothing to delete");

  // A session leaves a piece behind, a cache the tag whose place it takes. Each kind is told once.
  const blob = encode("blob");
  const location = (await call("POST", "/v2/app/blobs/uploads/")).headers.get("location")!;
  await status(call("PATCH", location, { body: blob }));
  const end = `${location}?digest=${await digestOf(blob)}`;
  assertEquals(await status(call("PUT", end)), 201);
  assertEquals(await status(call("GET", location)), 404, "it has ended all the same");
  await pushImage(gateway, "web-min", "app", "tagged");
  const head = await call("HEAD", "/v2/app/manifests/tagged");
  assertEquals(head.headers.get("docker-content-digest"), digest);
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.includes("AccessDenied"), warnings[0]);

  // Here the cache would stay what the tag stands for.
  assertEquals(
    await errorOf(putManifest(gateway, "app/manifests/latest", image)),
    [403, "DENIED"],
  );
  bucket.intercept = undefined;
  assertEquals(await put("latest"), 201);
});

test("a manifest is deleted from one repository, and from no other", async () => {
  const gateway = testGateway();
  const { call, open } = gateway;
  const ask = async (place: string) => await status(open()("GET", `/v2/${place}`));
  const remove = async (place: string) => await status(call("DELETE", `/v2/${place}`));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const bytes = encode({ schemaVersion: 2, mediaType, layers: [] });
  const image = await digestOf(bytes);
  const { digest: cache } = await pushImage(gateway, "web-max", "a", "v1");
  await pushImage(gateway, "web-max", "b", "v1");
  for (const place of ["a/manifests/image", `b/manifests/${image}`]) {
    await putManifest(gateway, place, { bytes, mediaType });
  }
  for (const digest of [cache, image]) {
    assertEquals(await remove(`never/manifests/${digest}`), 404);
    assertEquals(await ask(`a/manifests/${digest}`), 200);
    assertEquals(await remove(`a/manifests/${digest}`), 202);
    assertEquals(await ask(`a/manifests/${digest}`), 404);
    assertEquals(await remove(`a/manifests/${digest}`), 404);
    assertEquals(await ask(`b/manifests/${digest}`), 200);
  }
  for (const tag of ["v1", "image"]) assertEquals(await ask(`a/manifests/${tag}`), 404);
  const tagged = await call("GET", "/v2/b/manifests/v1");
  assertEquals(tagged.headers.get("docker-content-digest"), cache);
  assertEquals(await digestOf(new Uint8Array(await tagged.arrayBuffer())), cache);

  const index = encode({
    schemaVersion: 2,
    manifests: [{ mediaType, digest: image, size: bytes.length }],
  });
  const indexType = "application/vnd.oci.image.index.v1+json";
  const put = async (repository: string) =>
    await status(
      putManifest(gateway, `${repository}/manifests/i`, { bytes: index, mediaType: indexType }),
    );
  assertEquals([await put("a"), await put("b")], [404, 201]);
  // Pushed again, and written again by BuildKit, they are back.
  await putManifest(gateway, `a/manifests/${image}`, { bytes, mediaType });
  assertEquals(await ask(`a/manifests/${image}`), 200);
  const manifest = bucketFixture("web-max")["manifests/app"]!;
  await gateway.bucket.client.put("manifests/a:v2", new Uint8Array(manifest));
  assertEquals(await ask("a/manifests/v2"), 200);
  assertEquals(await ask(`a/manifests/${cache}`), 200);
});

test("a referrer is deleted from one repository, and from no other", async () => {
  const gateway = testGateway();
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const subject = { mediaType, digest: "sha256:" + "1".repeat(64), size: 1 };
  const bytes = encode({ schemaVersion: 2, mediaType, layers: [], subject });
  const digest = await digestOf(bytes);
  for (const repository of ["a", "b"]) {
    await putManifest(gateway, `${repository}/manifests/${digest}`, { bytes, mediaType });
  }
  assertEquals(await status(gateway.call("DELETE", `/v2/a/manifests/${digest}`)), 202);
  const list = async (repository: string) => {
    const path = `/v2/${repository}/referrers/${subject.digest}`;
    const head = await gateway.call("HEAD", path);
    const body = await (await gateway.call("GET", path)).arrayBuffer();
    assertEquals(head.headers.get("content-length"), String(body.byteLength));
    return JSON.parse(new TextDecoder().decode(body)).manifests.length;
  };
  assertEquals([await list("a"), await list("b")], [0, 1]);
});
