/**
 * The registry gateway as an AWS Lambda function behind a function URL: for imports only. A function
 * takes and gives 6 MB at most, so blobs cannot be pushed through it, and clients fetch them from the
 * bucket, to which they are redirected.
 *
 * Environment: `CACHE`, an attribute string; `TOKEN`, what clients must know. Lambda's own variables
 * have the credentials of the function's role, which needs no more than s3:GetObject and
 * s3:ListBucket.
 *
 * @module
 */
import process from "node:process";
import { createRegistry, parseAttributes, type Registry } from "s3cache";

/** What a function URL sends, as far as it matters here. */
export interface FunctionUrlEvent {
  rawPath: string;
  rawQueryString: string;
  headers: Record<string, string>;
  requestContext: { domainName: string; http: { method: string } };
}

/** What a function URL expects. */
export interface FunctionUrlResult {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: boolean;
}

let registry: Registry | undefined;

/** Answers one request. */
export async function handler(event: FunctionUrlEvent): Promise<FunctionUrlResult> {
  registry ??= open();
  const { rawPath, rawQueryString, requestContext: { domainName, http } } = event;
  const url = `https://${domainName}${rawPath}${rawQueryString && `?${rawQueryString}`}`;
  // Whatever has a body is refused before it would be read.
  const answer = await registry(new Request(url, { method: http.method, headers: event.headers }));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return {
    statusCode: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), "")),
    isBase64Encoded: true,
  };
}

function open(): Registry {
  const { CACHE = "", TOKEN = "" } = process.env;
  return createRegistry({
    cache: parseAttributes(CACHE, { direction: "import", env: process.env }),
    auth: { token: TOKEN },
    readOnly: true,
    redirect: true,
  });
}
