/** What only a real connection shows. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import process from "node:process";
import { promisify } from "node:util";
import { IntegrityError, S3Client, S3Error } from "s3cache";
import { listen } from "../../src/runtime/listen.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { test } from "../harness.ts";
import { AUTHORITY, ISSUED } from "../servers/private_authority.ts";
import { startS3 } from "../servers/s3_server.ts";

/** Promises keep-alive with every answer, and breaks it with the next request. */
async function listenForgetfully() {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    let answered = false;
    let received = "";
    socket.on("data", (data) => {
      if (answered) return socket.destroy();
      received += data.toString("latin1");
      const head = received.indexOf("\r\n\r\n");
      const length = Number(received.match(/^content-length: (\d+)/im)?.[1] ?? 0);
      if (head < 0 || received.length < head + 4 + length) return;
      answered = true;
      socket.write(
        'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nETag: "1"\r\nContent-Length: 0\r\n\r\n',
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a server that drops connections which it had promised to keep", async () => {
  const server = await listenForgetfully();
  try {
    const client = new S3Client({
      bucket: "cache",
      region: "us-east-1",
      endpoint: server.endpoint,
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
      sleep: () => Promise.resolve(),
    });
    for (const content of ["1", "2", "3"]) {
      assertEquals(await client.put("k", content.repeat(100_000)), { etag: '"1"' });
    }
    assertEquals((await client.head("k"))?.etag, '"1"');
    assertEquals(server.connections() >= 4, true);
  } finally {
    await server.close();
  }
});

test("an object with a Content-Encoding comes as it is stored, or not at all", async () => {
  const s3 = startS3();
  const listener = await listen(s3.server.fetch, {});
  try {
    const client = new S3Client({ ...s3.options, endpoint: listener.url, fetch: undefined });
    const text = new Blob(["a line of text\n".repeat(1000)]);
    const packed = await new Response(text.stream().pipeThrough(new CompressionStream("gzip")))
      .arrayBuffer();
    await client.put("k", new Uint8Array(packed), { contentEncoding: "gzip" });
    const read = async () => await (await client.get("k")).bytes();
    if (runtime === "node") {
      // Its fetch unpacks whatever it gets, and cannot be told not to.
      await assertRejects(read, IntegrityError, "Content-Encoding");
    } else {
      assertEquals(await read(), new Uint8Array(packed));
    }
  } finally {
    await listener.close();
  }
});

/** An HTTPS endpoint whose authority nobody knows. */
async function withPrivateAuthority(
  use: (endpoint: string, authority: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(`${tmpdir()}/s3cache-test-`);
  const s3 = startS3();
  const listener = await listen(s3.server.fetch, { ...ISSUED, hostname: "localhost" });
  try {
    await writeFile(`${directory}/authority.pem`, AUTHORITY);
    await use(listener.url, `${directory}/authority.pem`);
  } finally {
    await listener.close();
    await rm(directory, { recursive: true });
  }
}

test("an HTTPS endpoint of an unknown authority is not spoken to, and the reason told", () =>
  withPrivateAuthority(async (endpoint) => {
    const { options } = startS3();
    const client = new S3Client({
      ...options,
      endpoint,
      fetch: (input, init) => fetch(input, init),
      retry: { maxAttempts: 1 },
    });
    const error = await assertRejects(() => client.head("k"), S3Error);
    assertEquals([error.code, error.status], ["NetworkError", 0]);
    assertEquals(error.cause instanceof Error, true);
  }));

test("a private authority is made known by a variable", () =>
  withPrivateAuthority(async (endpoint, authority) => {
    const code = `fetch("${endpoint}").then((answer) => console.log("status", answer.status))`;
    const deno = "Deno" in globalThis;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [deno ? "eval" : "-e", code],
      { env: { ...process.env, [deno ? "DENO_CERT" : "NODE_EXTRA_CA_CERTS"]: authority } },
    );
    // The request is not signed: that it is refused shows that it arrived.
    assertStringIncludes(String(stdout), "status 403");
  }));
