/** Who may come in, from where, and by which URL. */
import { type Credentials, S3Error } from "s3cache";
import { readXml } from "../../../src/s3/xml.ts";
import { assertEquals, assertRejects } from "../../assert.ts";
import { collect } from "../../collect.ts";
import { type Cases, type Context, textOf } from "../context.ts";
import { sendForm } from "../raw.ts";

/** Temporary credentials: the server's own, or those that its STS gives. */
async function sessionOf({ server }: Context): Promise<Credentials> {
  if (server.session) return server.session;
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: "arn:aws:iam::123456789012:role/conformance",
    RoleSessionName: "conformance",
    DurationSeconds: "900",
  }).toString();
  const answer = await sendForm(server, body);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`AssumeRole: ${answer.status} ${text}`);
  const given = readXml(text)!.all("AssumeRoleResult")[0]?.all("Credentials")[0];
  return {
    accessKeyId: given?.get("AccessKeyId") ?? "",
    secretAccessKey: given?.get("SecretAccessKey") ?? "",
    sessionToken: given?.get("SessionToken") ?? "",
  };
}

export const access = {
  "a wrong secret is refused": async ({ connect, server, prefix }) => {
    const { accessKeyId } = server.options.credentials;
    const client = connect({ credentials: { accessKeyId, secretAccessKey: "wrong" } });
    const error = await assertRejects(() => client.put(prefix + "k", "x"), S3Error);
    assertEquals([error.status, error.code], [403, "SignatureDoesNotMatch"]);
  },

  "an unknown access key is refused": async ({ connect, prefix }) => {
    const credentials = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "wrong" };
    const error = await assertRejects(
      () => connect({ credentials }).put(prefix + "k", "x"),
      S3Error,
    );
    assertEquals([error.status, error.code], [403, "InvalidAccessKeyId"]);
  },

  "a request without credentials is refused": async ({ connect, prefix }) => {
    const client = connect({ credentials: "anonymous" });
    const error = await assertRejects(() => client.get(prefix + "k"), S3Error, "not signed");
    assertEquals([error.status, error.code], [403, "AccessDenied"]);
  },

  "a wrong region is told, and corrected": async ({ connect, server, prefix }) => {
    const client = connect({ region: "eu-west-9" });
    await client.put(prefix + "k", "x");
    assertEquals(client.region, server.options.region);
  },

  "a wrong clock is told, and corrected": async ({ connect, prefix }) => {
    let attempts = 0;
    const client = connect({
      clock: () => Date.now() - 3_600_000,
      onRequest: () => void attempts++,
    });
    await client.put(prefix + "k", "x");
    assertEquals(attempts, 2);
  },

  "temporary credentials": async (context) => {
    const { connect, prefix } = context;
    const credentials = await sessionOf(context);
    const client = connect({ credentials });
    await client.put(prefix + "k", "hello");
    assertEquals(await textOf(client, prefix + "k"), "hello");
    const { accessKeyId, secretAccessKey } = credentials;
    const without = connect({ credentials: { accessKeyId, secretAccessKey } });
    assertEquals((await assertRejects(() => without.get(prefix + "k"), S3Error)).status, 403);
  },

  "virtual-hosted URLs": async ({ connect, server, prefix }) => {
    if (!server.virtualHosted) throw new Error("the server has no such endpoint");
    const client = connect({ ...server.virtualHosted, pathStyle: false });
    const key = prefix + "a b+/é";
    await client.put(key, "hello");
    assertEquals(await textOf(client, key), "hello");
    assertEquals((await collect(client.list({ prefix }))).map(({ key }) => key), [key]);
    await client.delete(key);
  },
} satisfies Cases;
