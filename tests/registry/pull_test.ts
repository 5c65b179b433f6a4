import { parseCacheConfig } from "s3cache";
import { assert, assertEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { bucketFixture } from "../transfer/bucket.ts";
import { errorOf, localImage, status, testGateway } from "./gateway.ts";

/** A gateway over what BuildKit's S3 exporter wrote, under a name. */
async function withFixture(fixture: string, name: string, changes = {}) {
  const gateway = testGateway(changes);
  for (const [key, bytes] of Object.entries(bucketFixture(fixture))) {
    const place = key === "manifests/app" ? `manifests/${name}` : key;
    await gateway.bucket.client.put(place, new Uint8Array(bytes));
  }
  return gateway;
}

for (const fixture of ["web-min", "web-max", "link-max", "mount-max"]) {
  test(`${fixture}: served as BuildKit's registry exporter would have written it`, async () => {
    const { call } = await withFixture(fixture, "app");
    const image = await localImage(fixture);
    const answer = await call("GET", "/v2/app/manifests/latest");
    assertEquals(new Uint8Array(await answer.arrayBuffer()), image.bytes);
    assertEquals(answer.headers.get("docker-content-digest"), image.digest);
    assertEquals(answer.headers.get("content-type"), image.mediaType);
    for (const [digest, bytes] of image.blobs) {
      const blob = await call("GET", `/v2/app/blobs/${digest}`);
      assertEquals(blob.status, 200);
      assertEquals(new Uint8Array(await blob.arrayBuffer()), bytes);
    }
  });
}

test("what HEAD says is what GET gives, by tag and by digest", async () => {
  const { call } = await withFixture("web-max", "team/app:PR-12");
  const { digest, bytes } = await localImage("web-max");
  for (const reference of ["PR-12", digest]) {
    const head = await call("HEAD", `/v2/team/app/manifests/${reference}`);
    assertEquals(head.status, 200);
    assertEquals(head.headers.get("docker-content-digest"), digest);
    assertEquals(head.headers.get("content-length"), String(bytes.length));
    const body = await (await call("GET", `/v2/team/app/manifests/${reference}`)).arrayBuffer();
    assertEquals(new Uint8Array(body), bytes);
  }
  assertEquals(await status(call("HEAD", "/v2/team/app/manifests/latest")), 404);
  assertEquals(
    await errorOf(call("GET", "/v2/team/app/manifests/latest")),
    [404, "MANIFEST_UNKNOWN"],
  );
});

test("a digest answers after its name was overwritten, and in another process", async () => {
  const { call, open, bucket } = await withFixture("web-max", "app");
  const { digest, bytes, blobs } = await localImage("web-max");
  assertEquals(await status(call("HEAD", "/v2/app/manifests/latest")), 200);
  const other = bucketFixture("web-min");
  await bucket.client.put("manifests/app", new Uint8Array(other["manifests/app"]!));
  const another = open();
  const kept = await another("GET", `/v2/app/manifests/${digest}`);
  assertEquals(new Uint8Array(await kept.arrayBuffer()), bytes);
  const config = JSON.parse(new TextDecoder().decode(bytes)).config.digest as string;
  const served = await another("GET", `/v2/app/blobs/${config}`);
  assertEquals(new Uint8Array(await served.arrayBuffer()), blobs.get(config)!);
  const now = await another("HEAD", "/v2/app/manifests/latest");
  assertEquals(now.headers.get("docker-content-digest"), (await localImage("web-min")).digest);
});

test("blobs: ranges, absent ones, names that are none", async () => {
  const { call } = await withFixture("web-max", "app");
  const { blobs } = await localImage("web-max");
  const layers = Object.keys(bucketFixture("web-max")).filter((key) => key.startsWith("blobs/"));
  const digest = layers[0]!.slice("blobs/".length);
  const bytes = blobs.get(digest)!;
  const path = `/v2/app/blobs/${digest}`;
  const { length } = bytes;
  for (
    const [range, start, end] of [
      ["bytes=0-9", 0, 10],
      ["bytes=10-", 10, length],
      ["bytes=-5", length - 5, length],
      [`bytes=0-${length + 100}`, 0, length],
    ] as const
  ) {
    const answer = await call("GET", path, { headers: { range } });
    assertEquals(answer.status, 206);
    assertEquals(answer.headers.get("content-range"), `bytes ${start}-${end - 1}/${length}`);
    assertEquals(new Uint8Array(await answer.arrayBuffer()), bytes.slice(start, end));
  }
  assertEquals(
    await errorOf(call("GET", path, { headers: { range: `bytes=${length}-` } })),
    [416, "SIZE_INVALID"],
  );
  const whole = await call("GET", path, { headers: { range: "bytes=5-2" } });
  assertEquals([whole.status, (await whole.arrayBuffer()).byteLength], [200, length]);
  const absent = "sha256:" + "0".repeat(64);
  assertEquals(await errorOf(call("GET", `/v2/app/blobs/${absent}`)), [404, "BLOB_UNKNOWN"]);
  assertEquals(await status(call("HEAD", `/v2/app/blobs/${absent}`)), 404);
  assertEquals(await errorOf(call("GET", "/v2/app/blobs/sha256:0")), [400, "DIGEST_INVALID"]);
  assertEquals(await errorOf(call("GET", `/v2/App/blobs/${digest}`)), [400, "NAME_INVALID"]);
  assertEquals(await errorOf(call("GET", "/v2/app/layers/x")), [404, "UNSUPPORTED"]);
});

test("redirect: the client is sent to the bucket, and finds the blob there", async () => {
  const { call, bucket } = await withFixture("web-max", "app", { redirect: true });
  const key = Object.keys(bucketFixture("web-max")).find((key) => key.startsWith("blobs/"))!;
  const answer = await call("GET", `/v2/app/blobs/${key.slice("blobs/".length)}`, {
    redirect: "manual",
  });
  assertEquals([answer.status, answer.body], [307, null]);
  const blob = await bucket.fetch(answer.headers.get("location")!);
  assertEquals(new Uint8Array(await blob.arrayBuffer()), bucketFixture("web-max")[key]!);
});

test("read-only: pushes are refused, nothing is written, digests answer all the same", async () => {
  const { call, open, bucket } = await withFixture("web-max", "app", { readOnly: true });
  const before = Object.keys(await bucket.objects());
  const { digest, bytes, blobs } = await localImage("web-max");
  bucket.advance(48);
  assertEquals(await errorOf(call("POST", "/v2/app/blobs/uploads/")), [403, "DENIED"]);
  const head = await call("HEAD", "/v2/app/manifests/latest");
  assertEquals(head.headers.get("docker-content-digest"), digest);
  const { config } = JSON.parse(new TextDecoder().decode(bytes));
  for (const client of [call, open()]) {
    const manifest = await client("GET", `/v2/app/manifests/${digest}`);
    assertEquals(new Uint8Array(await manifest.arrayBuffer()), bytes);
  }
  const blob = await open()("GET", `/v2/app/blobs/${config.digest}`);
  assertEquals(new Uint8Array(await blob.arrayBuffer()), blobs.get(config.digest)!);
  const absent = "sha256:" + "0".repeat(64);
  assertEquals(await status(call("HEAD", `/v2/app/manifests/${absent}`)), 404);
  assertEquals(Object.keys(await bucket.objects()), before);
  assertEquals(bucket.requests.filter(({ method }) => method === "PUT").length, before.length);
});

test("tags: caches of the repository and no others, in pages", async () => {
  const { call, bucket } = await withFixture("web-min", "app");
  const manifest = new Uint8Array(bucketFixture("web-min")["manifests/app"]!);
  for (const name of ["app:b", "app:a", "app:latest", "app:no tag", "app/x", "apple"]) {
    await bucket.client.put(`manifests/${name}`, manifest);
  }
  const list = async (query: string) => {
    const answer = await call("GET", `/v2/app/tags/list${query}`);
    return [(await answer.json()).tags, answer.headers.get("link")];
  };
  assertEquals(await list(""), [["a", "b", "latest"], null]);
  assertEquals(await list("?n=2"), [
    ["a", "b"],
    '</v2/app/tags/list?n=2&last=b>; rel="next"',
  ]);
  assertEquals(await list("?n=2&last=b"), [["latest"], null]);
  assertEquals(await list("?n=0"), [[], null]);
  assertEquals(await errorOf(call("GET", "/v2/other/tags/list")), [404, "NAME_UNKNOWN"]);
  assertEquals(await errorOf(call("GET", "/v2/app/tags/list?n=x")), [400, "SIZE_INVALID"]);
});

test("what is asked for is kept alive: blobs, and the manifest of a name", async () => {
  const { call, bucket } = await withFixture("web-max", "app");
  const objects = async () => {
    const times = new Map<string, number>();
    for await (const { key, lastModified } of bucket.client.list()) {
      times.set(key, lastModified.getTime());
    }
    return times;
  };
  const { digest } = await localImage("web-max");
  await status(call("HEAD", "/v2/app/manifests/latest"));
  const layer = Object.keys(bucketFixture("web-max")).find((key) => key.startsWith("blobs/"))!;
  const written = await objects();
  bucket.advance(23);
  await status(call("HEAD", `/v2/app/${layer}`));
  assertEquals(await objects(), written);
  bucket.advance(2);
  await status(call("HEAD", "/v2/app/manifests/latest"));
  await status(call("HEAD", `/v2/app/${layer}`));
  const touched = await objects();
  const changed = [...touched].filter(([key, time]) => time !== written.get(key));
  const { config } = JSON.parse(await (await call("GET", `/v2/app/manifests/${digest}`)).text());
  assertEquals(
    changed.map(([key]) => key).sort(),
    [
      `.s3cache/registry/manifests/${digest}`,
      `blobs/${config.digest}`,
      layer,
      "manifests/app",
    ].sort(),
  );
});

test("a server that ignores a copy onto itself: the blob is copied there and back", async () => {
  const { call, bucket } = await withFixture("web-max", "app");
  const layer = Object.keys(bucketFixture("web-max")).find((key) => key.startsWith("blobs/"))!;
  bucket.intercept = (request) => {
    const source = request.headers.get("x-amz-copy-source");
    const same = source !== null &&
      decodeURIComponent(new URL(request.url).pathname) === `/${decodeURIComponent(source)}`;
    return same
      ? new Response("<CopyObjectResult><ETag>&quot;1&quot;</ETag></CopyObjectResult>")
      : undefined;
  };
  const { lastModified } = (await bucket.client.head(layer))!;
  bucket.advance(25);
  assertEquals(await status(call("HEAD", `/v2/app/${layer}`)), 200);
  assert((await bucket.client.head(layer))!.lastModified > lastModified);
  const left = Object.keys(await bucket.objects()).filter((key) => key.startsWith(".s3cache"));
  assertEquals(left, []);
});

test("a damaged cache is an error, not an empty cache; S3's words stay inside", async () => {
  const { call, bucket, warnings } = testGateway();
  await bucket.client.put("manifests/app", '{"layers":[{"blob":"sha256:1"}]}');
  assertEquals(await errorOf(call("GET", "/v2/app/manifests/latest")), [500, "UNKNOWN"]);
  assert(warnings[0]?.includes("manifests/app"), warnings[0]);
  bucket.intercept = () =>
    new Response("<Error><Code>AccessDenied</Code><Message>user canary</Message></Error>", {
      status: 403,
    });
  const answer = await call("GET", "/v2/app/manifests/latest");
  const text = await answer.text();
  assertEquals(answer.status, 502);
  assert(text.includes("AccessDenied") && !text.includes("canary"), text);
});

test("a cache that is too large for BuildKit is served without its oldest results", async () => {
  const { call, bucket } = testGateway();
  const digest = (i: number) => "sha256:" + i.toString(16).padStart(64, "0");
  const layers = Array.from({ length: 5000 }, (_, i) => ({
    blob: digest(i),
    parent: -1,
    annotations: {
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      diffID: digest(i),
      size: 1,
      createdAt: "2026-01-01T00:00:00Z",
    },
  }));
  const records = layers.map((_, i) => ({
    digest: digest(i),
    layers: [{ layer: i, createdAt: new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString() }],
  }));
  await bucket.client.put("manifests/big", JSON.stringify({ layers, records }));
  const manifest = await (await call("GET", "/v2/big/manifests/latest")).text();
  assert(manifest.length <= 1_048_576 && manifest.length > 500_000, `${manifest.length}`);
  const config = await call("GET", `/v2/big/blobs/${JSON.parse(manifest).config.digest}`);
  const served = parseCacheConfig(await config.text());
  assertEquals(served.layers.at(-1)!.blob, digest(4999));
  assert(served.layers.every(({ blob }) => blob !== digest(0)));
});

test("read-only: a digest that nobody knows is looked for once, and in what has changed", async () => {
  const { call, bucket } = testGateway({ readOnly: true });
  const fixture = bucketFixture("web-min");
  const manifest = new Uint8Array(fixture["manifests/app"]!);
  for (let i = 0; i < 200; i++) await bucket.client.put(`manifests/app:t${i}`, manifest);
  const absent = (i: number) => "sha256:" + `${i}`.padStart(64, "0");
  const cost = async (digest: string) => {
    const before = bucket.requests.length;
    assertEquals(await status(call("HEAD", `/v2/app/blobs/${digest}`)), 404);
    return bucket.requests.length - before;
  };
  assert(await cost(absent(1)) > 200, "nothing is known yet");
  assertEquals(await cost(absent(1)), 1, "the blob itself");
  assertEquals(await cost(absent(2)), 3, "and what the repository has");
  const changed = new Uint8Array(bucketFixture("web-max")["manifests/app"]!);
  await bucket.client.put("manifests/app:t7", changed);
  assertEquals(await cost(absent(3)), 4, "and the cache that is another one");
  const { bytes } = await localImage("web-max");
  const { config } = JSON.parse(new TextDecoder().decode(bytes));
  assertEquals(await status(call("HEAD", `/v2/app/blobs/${config.digest}`)), 200);
  bucket.advance(1);
  assertEquals(await cost(absent(1)), 3, "it may be there by now");
});

test("read-only: many imports at once take nothing from each other", async () => {
  const { call, open, bucket } = testGateway({ readOnly: true });
  const caches = 40;
  const text = new TextDecoder().decode(bucketFixture("web-min")["manifests/app"]!);
  for (let i = 0; i < caches; i++) {
    const config = JSON.parse(text);
    for (const { layers } of config.records) {
      if (layers) layers[0].createdAt = `2026-01-01T00:00:${10 + i}Z`;
    }
    await bucket.client.put(`manifests/app:t${i}`, JSON.stringify(config));
  }
  const pull = async (i: number, ask: typeof call) => {
    const manifest = await ask("GET", `/v2/app/manifests/t${i}`);
    return [
      manifest.headers.get("docker-content-digest")!,
      JSON.parse(await manifest.text()).config.digest as string,
    ];
  };
  const digests = await Promise.all(Array.from({ length: caches }, (_, i) => pull(i, call)));
  assertEquals(new Set(digests.flat()).size, 2 * caches);
  const readAll = (ask: typeof call) =>
    Promise.all(digests.flatMap(([manifest, config]) => [
      status(ask("GET", `/v2/app/manifests/${manifest}`)),
      status(ask("GET", `/v2/app/blobs/${config}`)),
    ]));
  const cost = async (ask: typeof call) => {
    const before = bucket.requests.length;
    assertEquals([...new Set(await readAll(ask))], [200]);
    return bucket.requests.length - before;
  };
  // Each asks whether the bucket itself has it: two requests for a manifest, one for a blob.
  const asked = 3 * caches;
  assertEquals(await cost(call), asked);
  // Another process lists, and reads; those that come at once share some of that.
  const other = open();
  assert(await cost(other) > asked + caches);
  assertEquals(await cost(other), asked);
});

test("without s3:ListBucket what is absent is absent, and not an error", async () => {
  const gateway = await withFixture("web-max", "app");
  const { call, bucket, warnings } = gateway;
  const present = new Set(Object.keys(await bucket.objects()));
  bucket.intercept = ({ method, url }) => {
    const key = decodeURIComponent(new URL(url).pathname).slice("/cache/".length);
    if (method === "PUT") present.add(key);
    if (present.has(key) || method === "PUT") return undefined;
    const body = method === "HEAD" ? null : "<Error><Code>AccessDenied</Code></Error>";
    return new Response(body, { status: 403 });
  };
  const absent = "sha256:" + "1".repeat(64);
  const head = async (path: string) => await status(call("HEAD", `/v2/app/${path}`));
  assertEquals(await head(`blobs/${absent}`), 404);
  assertEquals(warnings.length, 1);
  assert(warnings[0]!.includes("s3:ListBucket"), warnings[0]);
  assertEquals(await head(`manifests/${absent}`), 404);
  assertEquals(await head("manifests/none"), 404);
  assertEquals(await errorOf(call("GET", "/v2/app/manifests/none")), [502, "UNKNOWN"]);
  assertEquals(warnings.length, 2);
  assertEquals(await head("manifests/latest"), 200);
  assertEquals(await head(`manifests/${(await localImage("web-max")).digest}`), 200);
  // A first push.
  const { blobs, bytes, mediaType } = await localImage("web-min");
  for (const blob of blobs.values()) assertEquals(await gateway.push("new", blob), 201);
  const init = { body: bytes, headers: { "content-type": mediaType } };
  assertEquals(await status(call("PUT", "/v2/new/manifests/latest", init)), 201);
  assertEquals(warnings.length, 2, "what counts as absent is said once");
});
