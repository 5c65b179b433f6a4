/** Requests that the client does not make: to prepare a server, and to try what it checks. */
import { sha256Hex } from "../../src/digest.ts";
import { encodeKey } from "../../src/s3/keys.ts";
import { Signer } from "../../src/s3/signer.ts";
import { sleep } from "../../src/sleep.ts";
import { BUCKETS, type Context, type Server } from "./context.ts";

/** Sends a signed request about an object of the main bucket. */
export async function sendSigned(
  { server }: Context,
  method: string,
  key: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return await send(server, "s3", method, `/${BUCKETS.main}/${encodeKey(key)}`, body, headers);
}

/** Sends a request of STS or IAM, which take forms. */
export async function sendForm(
  server: Server,
  body: string,
  service: "sts" | "iam" = "sts",
): Promise<Response> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return await send(server, service, "POST", "/", body, headers);
}

/** Makes the buckets that the cases need, as soon as the server has begun to serve. */
export async function createBuckets(server: Server): Promise<void> {
  for (const bucket of Object.values(BUCKETS)) {
    for (let attempt = 1;; attempt++) {
      const answer = await send(server, "s3", "PUT", `/${bucket}`, "", {});
      if (answer.ok) break;
      const reason = `${server.name}: no bucket: ${answer.status} ${await answer.text()}`;
      // MinIO says that it is ready, and then that it is not.
      if (answer.status !== 503 || attempt === 50) throw new Error(reason);
      await sleep(100);
    }
  }
}

async function send(
  { options }: Server,
  service: string,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<Response> {
  const { endpoint, credentials, region, fetch: transfer = fetch } = options;
  const url = endpoint + path;
  const signable = {
    method,
    url,
    headers: { "x-amz-content-sha256": await sha256Hex(body), ...headers },
  };
  const signed = await new Signer(Date.now, service).sign(signable, credentials, region);
  const answer = await transfer(url, { method, headers: signed, body });
  // Whole, so that nothing is left open if nobody reads it.
  const { status, headers: answered } = answer;
  const text = await answer.text();
  return new Response(text === "" ? null : text, { status, headers: answered });
}
