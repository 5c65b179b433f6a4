/** Signature Version 4, written down once more, from its description: what a service would check. */
import { sha256Hex, toHex } from "../../src/digest.ts";

const encoder = new TextEncoder();

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

/** A request as a service receives it. */
export interface Received {
  method: string;
  url: string;
  headers: Headers;
  body: string;
}

/**
 * Computes the signature of a request without a query and of path `/`.
 *
 * @returns the Authorization header that it should have
 */
export async function authorizationOf(
  { method, url, headers, body }: Received,
  keys: { accessKeyId: string; secretAccessKey: string },
  scope: { region: string; service: string },
): Promise<string> {
  const { host, pathname } = new URL(url);
  const signedHeaders = headers.get("authorization")!.match(/SignedHeaders=([^,]*)/)![1]!;
  const values = signedHeaders.split(";").map((name) =>
    `${name}:${name === "host" ? host : headers.get(name)!.trim()}\n`
  );
  const canonical = [method, pathname, "", values.join(""), signedHeaders, await sha256Hex(body)];
  const time = headers.get("x-amz-date")!;
  const parts = [time.slice(0, 8), scope.region, scope.service, "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", time, parts.join("/"), await sha256Hex(canonical.join("\n"))];
  let key = encoder.encode(`AWS4${keys.secretAccessKey}`);
  for (const part of parts) key = await hmac(key, part);
  const signature = toHex(await hmac(key, text.join("\n")));
  return `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${parts.join("/")}, ` +
    `SignedHeaders=${signedHeaders}, Signature=${signature}`;
}
