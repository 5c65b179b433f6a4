/** URLs that carry their signature: the runtime's own fetch uses them. */
import { assertEquals } from "../../assert.ts";
import { type Cases, type Context, textOf } from "../context.ts";

async function follow({ server }: Context, url: string, init?: RequestInit): Promise<Response> {
  return await (server.options.fetch ?? fetch)(url, init);
}

/** Hard on the path and on the query. */
const NAME = "a b+%2F é😀!'()*";

export const presigned = {
  "GET": async (context) => {
    const { client, prefix } = context;
    await client.put(prefix + NAME, "hello");
    const url = await client.presign("GET", prefix + NAME, { expiresIn: 60 });
    const answer = await follow(context, url);
    assertEquals([await answer.text(), answer.status], ["hello", 200]);
  },

  "HEAD": async (context) => {
    const { client, prefix } = context;
    await client.put(prefix + NAME, "hello");
    const url = await client.presign("HEAD", prefix + NAME, { expiresIn: 60 });
    const answer = await follow(context, url, { method: "HEAD" });
    await answer.body?.cancel();
    assertEquals([answer.status, answer.headers.get("content-length")], [200, "5"]);
  },

  "PUT": async (context) => {
    const { client, prefix } = context;
    const url = await client.presign("PUT", prefix + NAME, { expiresIn: 60 });
    const answer = await follow(context, url, { method: "PUT", body: "hello" });
    assertEquals([await answer.text(), answer.status], ["", 200]);
    assertEquals(await textOf(client, prefix + NAME), "hello");
  },

  "DELETE": async (context) => {
    const { client, prefix } = context;
    await client.put(prefix + NAME, "hello");
    const url = await client.presign("DELETE", prefix + NAME, { expiresIn: 60 });
    const answer = await follow(context, url, { method: "DELETE" });
    assertEquals([await answer.text(), answer.status], ["", 204]);
    assertEquals(await client.head(prefix + NAME), undefined);
  },

  "a URL that has expired is refused": async (context) => {
    const { client, connect, prefix } = context;
    await client.put(prefix + NAME, "hello");
    const past = connect({ clock: () => Date.now() - 120_000 });
    const url = await past.presign("GET", prefix + NAME, { expiresIn: 60 });
    const answer = await follow(context, url);
    await answer.body?.cancel();
    assertEquals(answer.status, 403);
  },

  "a URL for another key is refused": async (context) => {
    const { client, prefix } = context;
    await client.put(prefix + "secret", "hello");
    const url = await client.presign("GET", prefix + "public", { expiresIn: 60 });
    const answer = await follow(context, url.replace("public", "secret"));
    await answer.body?.cancel();
    assertEquals(answer.status, 403);
  },
} satisfies Cases;
