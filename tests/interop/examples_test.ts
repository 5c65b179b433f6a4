/** The gateways of examples/, over a bucket that BuildKit wrote. */
import process from "node:process";
import { type FunctionUrlEvent, handler } from "../../examples/lambda/handler.ts";
import { output } from "../../scripts/process.ts";
import { tool } from "../../scripts/tools.ts";
import { digestOf } from "../../src/digest.ts";
import { assertEquals, assertNotEquals } from "../assert.ts";
import { test } from "../harness.ts";
import { writeContext } from "./context.ts";
import { freePort, startDaemon } from "./daemon.ts";
import { Lab } from "./lab.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const TOKEN = "example-token";
const headers = { authorization: `Bearer ${TOKEN}` };

/** A laboratory with a cache named `app`; its layers by digest, with their sizes. */
async function labWithCache(): Promise<{ lab: Lab; layers: Map<string, number> }> {
  const lab = await Lab.start();
  const context = `${lab.directory}/context`;
  await writeContext(context, { name: "stages" });
  const cacheTo = [lab.s3.attributes("path", { name: "app", mode: "max" })];
  await lab.buildkit.build({ dockerfile: "stages", context, cacheTo });
  return { lab, layers: await lab.s3.list("blobs/") };
}

/** What every gateway does: it knows its clients, and serves the cache. */
async function checkPull(url: string, layers: Map<string, number>, blobStatus: number) {
  assertEquals((await fetch(`${url}/v2/`, { method: "HEAD" })).status, 401);
  const answer = await fetch(`${url}/v2/app/manifests/latest`, { headers });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assertEquals(answer.headers.get("docker-content-digest"), await digestOf(bytes));
  for (const [digest, size] of layers) {
    const blob = await fetch(`${url}/v2/app/blobs/${digest}`, { headers, redirect: "manual" });
    assertEquals(blob.status, blobStatus);
    const location = blob.headers.get("location");
    const stored = location === null ? blob : (await blob.body?.cancel(), await fetch(location));
    const content = new Uint8Array(await stored.arrayBuffer());
    assertEquals([content.length, await digestOf(content)], [size, digest]);
  }
}

/** Pushes a blob in two requests, as most clients do. */
async function checkPush(url: string, size: number) {
  const bytes = new Uint8Array(size).fill(7);
  const digest = await digestOf(bytes);
  const begun = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST", headers });
  const location = `${url}${begun.headers.get("location")}`;
  const patched = await fetch(location, { method: "PATCH", headers, body: bytes });
  assertEquals([patched.status, patched.headers.get("range")], [202, `0-${size - 1}`]);
  const put = await fetch(`${location}?digest=${digest}`, { method: "PUT", headers });
  assertEquals(put.status, 201);
  const head = await fetch(`${url}/v2/app/blobs/${digest}`, { method: "HEAD", headers });
  assertEquals(head.headers.get("content-length"), String(size));
}

const answers = async (url: string) => {
  try {
    await (await fetch(url)).body?.cancel();
    return true;
  } catch {
    return false;
  }
};

test("examples/deno_serve.ts", async () => {
  const { lab, layers } = await labWithCache();
  await using _lab = lab;
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await using _gateway = await startDaemon({
    argv: [Deno.execPath(), "run", "-NE", "examples/deno_serve.ts", lab.s3.attributes("path")],
    env: { PORT: String(port), S3CACHE_TOKEN: TOKEN },
    log: `${lab.directory}/deno_serve.log`,
    isReady: () => answers(url),
  });
  await checkPull(url, layers, 200);
  await checkPush(url, 9_000_000);
});

/** What the worker has besides: the layers of a cache, without a builder. */
async function checkLayers(url: string, layers: Map<string, number>) {
  assertEquals((await fetch(`${url}/layers/app`, { method: "HEAD" })).status, 401);
  const listed: { blob: string; size: number }[] = await (
    await fetch(`${url}/layers/app`, { headers })
  ).json();
  assertNotEquals(listed.length, 0);
  assertEquals(new Map(listed.map(({ blob, size }) => [blob, size])).size, listed.length);
  for (const { blob, size } of listed) assertEquals(layers.get(blob), size);
}

/** Every kind of write is refused. */
async function checkReadOnly(url: string, layers: Map<string, number>) {
  const manifest = await fetch(`${url}/v2/app/manifests/latest`, { method: "HEAD", headers });
  const digest = manifest.headers.get("docker-content-digest");
  const writes: [method: string, path: string, body?: string][] = [
    ["POST", "blobs/uploads/"],
    ["POST", `blobs/uploads/?digest=${await digestOf(new Uint8Array())}`],
    ["PUT", "manifests/latest", "{}"],
    ["DELETE", "manifests/latest"],
    ["DELETE", `manifests/${digest}`],
    ["DELETE", `blobs/${[...layers.keys()][0]}`],
  ];
  for (const [method, path, body] of writes) {
    const answer = await fetch(`${url}/v2/app/${path}`, { method, headers, body });
    assertEquals([answer.status, (await answer.json()).errors[0].code], [403, "DENIED"], path);
  }
}

/** Bundles examples/worker, as a tool for deploying would. */
async function bundleWorker(directory: string): Promise<string> {
  const path = `${directory}/worker.js`;
  const entry = `${ROOT}examples/worker/worker.ts`;
  const bundle = ["bundle", "--quiet", "--platform", "browser"];
  await output([Deno.execPath(), ...bundle, "-o", path, entry], { cwd: ROOT });
  return path;
}

test("examples/worker, on workerd", async () => {
  const { lab, layers } = await labWithCache();
  await using _lab = lab;
  const { directory, s3 } = lab;
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await bundleWorker(directory);
  const binding = (name: string, value: string) => `(name = "${name}", text = "${value}")`;
  await Deno.writeTextFile(
    `${directory}/worker.capnp`,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "internet", network = (allow = ["private", "public", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "gateway")],
);
const gateway :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  bindings = [${binding("CACHE", s3.attributes("path"))}, ${binding("TOKEN", TOKEN)}],
);
`,
  );
  await using _gateway = await startDaemon({
    argv: [await tool("workerd"), "serve", `${directory}/worker.capnp`],
    log: `${directory}/workerd.log`,
    isReady: () => answers(url),
  });
  await checkPull(url, layers, 307);
  await checkPush(url, 9_000_000);
  await checkLayers(url, layers);
});

/** Runs the worker in Miniflare, as wrangler.toml has it. */
async function startMiniflare({ directory, s3 }: Lab, more: Record<string, string>) {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const toml = await Deno.readTextFile(`${ROOT}examples/worker/wrangler.toml`);
  const [, compatibilityDate] = toml.match(/^compatibility_date = "(.*)"$/m)!;
  const options = {
    // As wrangler does. Miniflare's own search for modules wants node: ones that are only tried.
    modules: [{ type: "ESModule", path: await bundleWorker(directory) }],
    modulesRoot: directory,
    compatibilityDate,
    bindings: { CACHE: s3.attributes("path"), TOKEN, ...more },
    host: "127.0.0.1",
    port,
  };
  const main = new URL("miniflare_main.ts", import.meta.url).pathname;
  const miniflare = await startDaemon({
    argv: [Deno.execPath(), "run", "-A", main, await tool("miniflare"), JSON.stringify(options)],
    log: `${directory}/miniflare.log`,
    isReady: () => answers(url),
  });
  return { url, [Symbol.asyncDispose]: () => miniflare.stop() };
}

test("examples/worker, in Miniflare", async () => {
  const { lab, layers } = await labWithCache();
  await using _lab = lab;
  await using miniflare = await startMiniflare(lab, {});
  await checkPull(miniflare.url, layers, 307);
  await checkPush(miniflare.url, 9_000_000);
  await checkLayers(miniflare.url, layers);
});

test("examples/worker, in Miniflare, with READ_ONLY", async () => {
  const { lab, layers } = await labWithCache();
  await using _lab = lab;
  const before = await lab.s3.everything();
  await using miniflare = await startMiniflare(lab, { READ_ONLY: "1" });
  await checkPull(miniflare.url, layers, 307);
  await checkReadOnly(miniflare.url, layers);
  await checkLayers(miniflare.url, layers);
  assertEquals(await lab.s3.everything(), before);
});

test("examples/lambda", async () => {
  const { lab, layers } = await labWithCache();
  await using _lab = lab;
  process.env.CACHE = lab.s3.attributes("path");
  process.env.TOKEN = TOKEN;
  /** What the function URL does. */
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { host, pathname, search } = new URL(request.url);
    const event: FunctionUrlEvent = {
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers: Object.fromEntries(request.headers),
      requestContext: { domainName: host, http: { method: request.method } },
    };
    const { statusCode, headers, body } = await handler(event);
    const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
    return new Response(bytes.length > 0 ? bytes : null, { status: statusCode, headers });
  });
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    await checkPull(url, layers, 307);
    const push = await fetch(`${url}/v2/app/blobs/uploads/`, { method: "POST", headers });
    assertEquals([push.status, (await push.json()).errors[0].code], [403, "DENIED"]);
  } finally {
    await server.shutdown();
  }
});
