import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { type FetchHandler, listen, type ListenOptions } from "../../src/runtime/listen.ts";
import { assert, assertEquals, assertLess, assertRejects } from "../assert.ts";
import { gate } from "../gate.ts";
import { test } from "../harness.ts";
import { CERTIFICATE, CERTIFICATE_KEY } from "../servers/certificate.ts";

const MIB = 1024 * 1024;

async function withServer(
  handler: FetchHandler,
  fn: (url: string) => Promise<void>,
  options?: ListenOptions,
): Promise<void> {
  const server = await listen(handler, options);
  try {
    await fn(server.url);
  } finally {
    await server.close();
  }
}

/** Sends bytes as they are, and gives what comes back until the connection ends. */
function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => answer += data.toString("latin1"));
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

test("a handler is served with its method, URL, headers and body", () =>
  withServer(async (request) => {
    const { method, url, headers } = request;
    const answer = { method, url, sent: headers.get("x-sent"), body: await request.text() };
    return Response.json(answer, { status: 201, headers: { "x-answer": "yes" } });
  }, async (url) => {
    assert(/^http:\/\/127\.0\.0\.1:\d+$/.test(url));
    const target = `${url}/a%2Fb//c?d=e&f`;
    const response = await fetch(target, {
      method: "POST",
      body: "value",
      headers: { "x-sent": "1" },
    });
    assertEquals([response.status, response.headers.get("x-answer")], [201, "yes"]);
    const expected = { method: "POST", url: target, sent: "1", body: "value" };
    assertEquals(await response.json(), expected);
  }));

test("a path is taken as it was sent, slashes at its beginning too", () =>
  withServer(({ url }) => new Response(url), async (url) => {
    // Raw, since the fetch of one runtime sends only one slash.
    const answer = await sendRaw(
      url,
      "GET //a HTTP/1.1\r\nHost: x.test\r\nConnection: close\r\n\r\n",
    );
    assert(answer.includes("http://x.test//a"), answer);
  }));

test("an answer without a body keeps its Content-Length", () =>
  withServer(
    () => new Response(null, { headers: { "content-length": "77", etag: '"x"' } }),
    async (url) => {
      const response = await fetch(url, { method: "HEAD" });
      assertEquals(response.headers.get("content-length"), "77");
      assertEquals(response.headers.get("etag"), '"x"');
    },
  ));

test("a streamed answer keeps its Content-Length, and is not compressed", () =>
  withServer(() => {
    const body = new Blob(["x".repeat(5000)]).stream();
    return new Response(body, {
      headers: { "content-length": "5000", "content-type": "text/plain", etag: '"x"' },
    });
  }, async (url) => {
    const answer = await sendRaw(
      url,
      "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n",
    );
    const [head, body] = answer.split("\r\n\r\n");
    assert(/^content-length: 5000\r?$/im.test(head!), head);
    assert(/^etag: "x"\r?$/im.test(head!), head);
    assertEquals(body, "x".repeat(5000));
  }));

test("large bodies are streamed both ways", () =>
  withServer(async (request) => {
    let size = 0;
    for await (const bytes of request.body!) size += bytes.length;
    let left = size;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left === 0) return controller.close();
        controller.enqueue(new Uint8Array(MIB));
        left -= MIB;
      },
    }, { highWaterMark: 0 });
    return new Response(body);
  }, async (url) => {
    const response = await fetch(url, { method: "PUT", body: new Uint8Array(40 * MIB) });
    let size = 0;
    for await (const bytes of response.body!) size += bytes.length;
    assertEquals(size, 40 * MIB);
  }));

test("an answer waits for a slow client", async () => {
  let produced = 0;
  await withServer(() => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        produced += MIB;
        controller.enqueue(new Uint8Array(MIB));
        if (produced === 256 * MIB) controller.close();
      },
    }, { highWaterMark: 0 });
    return new Response(body);
  }, async (url) => {
    const incoming = await new Promise<import("node:http").IncomingMessage>((resolve) => {
      httpRequest(url, resolve).end();
    });
    incoming.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertLess(produced, 128 * MIB);
    incoming.destroy();
  });
});

test("a body waits for a slow handler", async () => {
  let arrived = 0;
  const waiting = gate();
  await withServer(async (request) => {
    await waiting.opened;
    for await (const bytes of request.body!) arrived += bytes.length;
    return new Response(String(arrived));
  }, async (url) => {
    let sent = 0;
    const answer = new Promise<string>((resolve, reject) => {
      const request = httpRequest(url, { method: "PUT" }, (incoming) => {
        let text = "";
        incoming.on("data", (data) => text += data);
        incoming.on("end", () => resolve(text));
      });
      request.on("error", reject);
      const chunk = new Uint8Array(MIB);
      const more = () => {
        while (sent < 64 * MIB) {
          sent += MIB;
          if (!request.write(chunk)) return void request.once("drain", more);
        }
        request.end();
      };
      more();
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertLess(sent, 48 * MIB);
    waiting.open();
    assertEquals(await answer, String(64 * MIB));
  });
});

test("an answer that does not wait for the body is seen by the client", () =>
  withServer(() => new Response("no", { status: 403 }), async (url) => {
    for (let i = 0; i < 3; i++) {
      const response = await fetch(url, { method: "PUT", body: new Uint8Array(16 * MIB) });
      assertEquals([response.status, await response.text()], [403, "no"]);
    }
  }));

test("a client that asks first is told to go on", () =>
  withServer(async (request) => new Response(await request.text()), async (url) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { expect: "100-continue", "content-length": "5" };
      const request = httpRequest(url, { method: "PUT", headers }, (incoming) => {
        incoming.on("data", (data) => resolve(String(data)));
      });
      request.on("continue", () => request.end("value"));
      request.on("error", reject);
      request.flushHeaders();
    });
    assertEquals(answer, "value");
  }));

test("a handler learns that its client is gone", async () => {
  const gone = gate();
  await withServer(() => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => gone.open(),
    });
    return new Response(body);
  }, async (url) => {
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    await response.body!.getReader().read();
    abort.abort();
    await gone.opened;
  });
});

test("an answer that fails midway is seen to be broken", () =>
  withServer(() => {
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) return controller.error(new Error("broken"));
        sent = true;
        controller.enqueue(new Uint8Array(10));
      },
    });
    return new Response(body, { headers: { "content-length": "100" } });
  }, async (url) => {
    await assertRejects(async () => await (await fetch(url)).arrayBuffer());
  }));

test("a handler that throws is a 500", () =>
  withServer(() => Promise.reject(new Error("secret")), async (url) => {
    const response = await fetch(url);
    assertEquals(response.status, 500);
    assert(!(await response.text()).includes("secret"));
  }));

test("TLS is spoken with a certificate", async () => {
  const tls = { cert: CERTIFICATE, key: CERTIFICATE_KEY, hostname: "localhost" };
  await withServer(({ url }) => new Response(url), async (url) => {
    assert(url.startsWith("https://localhost:"));
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpsRequest(`${url}/a`, { ca: CERTIFICATE }, (incoming) => {
        incoming.on("data", (data) => resolve(String(data)));
      });
      request.on("error", reject);
      request.end();
    });
    assertEquals(text, `${url}/a`);
  }, tls);
  await assertRejects(() => listen(() => new Response(), { cert: CERTIFICATE }), TypeError, "key");
});

test("an IPv6 address is put in brackets", () =>
  withServer(() => new Response("six"), async (url) => {
    assert(/^http:\/\/\[::1\]:\d+$/.test(url), url);
    assertEquals(await (await fetch(url)).text(), "six");
  }, { hostname: "::1" }));

test("a port that is taken is an error", async () => {
  const server = await listen(() => new Response());
  await assertRejects(() => listen(() => new Response(), { port: server.port }), Error);
  await server.close();
  const again = await listen(() => new Response(), { port: server.port });
  assertEquals([again.port, again.hostname], [server.port, "127.0.0.1"]);
  await again.close();
});

test("closing lets requests end, and cuts those that do not", async () => {
  const released = gate();
  const arrived: string[] = [];
  const server = await listen(async ({ url }) => {
    arrived.push(url);
    if (url.endsWith("/slow")) await released.opened;
    else await new Promise((resolve) => setTimeout(resolve, 200));
    return new Response("done");
  });
  const quick = fetch(`${server.url}/quick`).then((response) => response.text());
  const slow = assertRejects(async () => await (await fetch(`${server.url}/slow`)).text());
  while (arrived.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const started = performance.now();
  await Promise.all([server.close(), server.close()]);
  assertLess(performance.now() - started, 10_000);
  assertEquals(await quick, "done");
  await slow;
  await assertRejects(() => fetch(server.url));
  released.open();
});

// With nothing else under way, the server has no reason to wait but the answer itself.
for (
  const [what, body] of [
    ["without a body", null],
    ["of text", "hello"],
    ["of 5 MB", new Uint8Array(5_000_000)],
  ] as const
) {
  test(`closing lets the one answer arrive that is under way, ${what}`, async () => {
    const asked = gate();
    const server = await listen(async (request) => {
      await request.arrayBuffer();
      asked.open();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return new Response(body, { status: 202 });
    });
    const answer = fetch(server.url, { method: "POST", body: "x" }).then(async (response) => {
      const { byteLength } = await response.arrayBuffer();
      return [response.status, byteLength];
    });
    await asked.opened;
    const [outcome] = await Promise.all([answer, server.close()]);
    assertEquals(outcome, [202, body?.length ?? 0]);
  });
}

test("a client that does not take its answer does not hold up closing", async () => {
  const asked = gate();
  const server = await listen(() => {
    asked.open();
    return new Response(new Uint8Array(64 * MIB));
  });
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => {});
  socket.pause();
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await asked.opened;
  const started = performance.now();
  await server.close();
  assertLess(performance.now() - started, 10_000);
  socket.destroy();
});

test("a signal closes the server", async () => {
  const abort = new AbortController();
  const server = await listen(() => new Response("up"), { signal: abort.signal });
  assertEquals(await (await fetch(server.url)).text(), "up");
  abort.abort();
  await server.close();
  await assertRejects(() => fetch(server.url));
  await assertRejects(() => listen(() => new Response(), { signal: abort.signal }));
});
