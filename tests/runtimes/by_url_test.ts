import { output } from "../../scripts/process.ts";
import { assertEquals } from "../assert.ts";
import { test } from "../harness.ts";

const ROOT = new URL("../../", import.meta.url);

/** Uses each of the library's dependencies: csv, the signer, the XML parser. */
const script = (base: string) => `
import { parseAttributes, S3Client } from "${base}/mod.ts";
import { S3Error } from "${base}/s3.ts";

const { bucket, region } = parseAttributes(
  'type=s3,"bucket=my-cache",region=eu-central-1',
  { direction: "import" },
);
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const answer = "<Error><Code>AccessDenied</Code></Error>";
const fetch = () => Promise.resolve(new Response(answer, { status: 403 }));
const client = new S3Client({ bucket, region, credentials, fetch });
const url = new URL(await client.presign("GET", "key", { expiresIn: 60 }));
const error = await client.get("key").catch((error) => error);
console.log(url.host, url.searchParams.get("X-Amz-Algorithm"), error.code, error instanceof S3Error);
`;

test("the library loads by URL, with nothing cached and no import map", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, serveSource);
  const directory = await Deno.makeTempDir({ prefix: "s3cache-url-" });
  try {
    const { hostname, port } = server.addr;
    const file = `${directory}/script.ts`;
    await Deno.writeTextFile(file, script(`http://${hostname}:${port}`));
    const printed = await output([Deno.execPath(), "run", "-A", "--no-config", file], {
      cwd: directory,
      env: { DENO_DIR: `${directory}/deno` },
    });
    assertEquals(
      printed.trim(),
      "my-cache.s3.eu-central-1.amazonaws.com AWS4-HMAC-SHA256 AccessDenied true",
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Source code as code hosts serve it. */
async function serveSource(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  try {
    const source = await Deno.readTextFile(new URL(`.${pathname}`, ROOT));
    return new Response(source, { headers: { "content-type": "text/plain; charset=utf-8" } });
  } catch {
    return new Response("no such file", { status: 404 });
  }
}
