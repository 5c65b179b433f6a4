/** The least that speaks S3: signs a request, sends it, reads the answer. */
import { sha256Hex } from "../../src/digest.ts";
import { AwsV4Signer } from "../../src/deps.ts";
import { readXml, type Xml } from "../../src/s3/xml.ts";
import { assertEquals } from "../assert.ts";
import { CREDENTIALS, startS3, type TestS3 } from "../servers/s3_server.ts";
import type { S3ServerOptions } from "../../src/devserver/mod.ts";

/** The time at which the tests take place. */
export const NOW = Date.parse("2026-01-02T03:04:05Z");

/** What to send. */
export interface Sending {
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Instead of the server's own credentials. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  region?: string;
  /** When it is signed, in milliseconds since 1970. */
  signedAt?: number;
  /** Instead of the body's own hash. */
  sha256?: string;
}

/** An answer. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** A server and a client of it. */
export interface TestClient extends TestS3 {
  /** Sends a signed request; the path is encoded already, and may have a query. */
  call(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** The same, for a request that must succeed: gives the root of the document. */
  xml(method: string, path: string, sending?: Sending): Promise<Xml>;
  /** Puts an object, and gives its ETag without the quotes. */
  put(path: string, body: string | Uint8Array<ArrayBuffer>, sending?: Sending): Promise<string>;
}

/** Starts a server whose clock stands at {@linkcode NOW}, and a client. */
export function startClient(options: S3ServerOptions = {}): TestClient {
  const s3 = startS3({ clock: () => NOW, ...options });
  const origin = s3.options.endpoint;
  const call = async (method: string, path: string, sending: Sending = {}): Promise<Answer> => {
    const { headers, url } = await sign(method, new URL(path, origin), sending);
    return await readAnswer(await s3.fetch(url, { method, headers, body: sending.body ?? null }));
  };
  const succeed = async (method: string, path: string, sending?: Sending): Promise<Answer> => {
    const answer = await call(method, path, sending);
    assertEquals(answer.status, 200, `${method} ${path}: ${answer.text}`);
    return answer;
  };
  return {
    ...s3,
    call,
    xml: async (method, path, sending) => readXml((await succeed(method, path, sending)).text)!,
    put: async (path, body, sending) => {
      const { headers } = await succeed("PUT", path, { ...sending, body });
      return headers.get("etag")!.slice(1, -1);
    },
  };
}

/** Signs by the signer that the client uses too, which is not the server's. */
export async function sign(
  method: string,
  url: URL,
  { headers, body, credentials = CREDENTIALS, region, signedAt = NOW, sha256 }: Sending = {},
): Promise<{ headers: Headers; url: URL }> {
  return await new AwsV4Signer({
    method,
    url: url.href,
    headers: { "x-amz-content-sha256": sha256 ?? await sha256Hex(body ?? ""), ...headers },
    ...credentials,
    service: "s3",
    region: region ?? "us-east-1",
    datetime: amzDate(signedAt),
  }).sign();
}

/** As `X-Amz-Date` has it. */
export function amzDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Reads a whole answer. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = new TextDecoder().decode(await response.arrayBuffer());
  return { status, headers, text };
}

/** The status and the code of an error. */
export function errorOf({ status, text }: Answer): string {
  const error = readXml(text)!;
  assertEquals(error.name, "Error");
  return `${status} ${error.get("Code")}`;
}

/** An element of an error. */
export function detail(answer: Answer, name: string): string | undefined {
  return readXml(answer.text)!.get(name);
}
