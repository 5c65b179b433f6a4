/**
 * The verifying side of AWS Signature Version 4, written from its specification and sharing nothing
 * with the signing side: the same mistake must not be made twice, and cancel out.
 *
 * @module
 */
import { sha256Hex, toHex } from "../digest.ts";
import { type Claim, readClaim, wrongRegion } from "./authorization.ts";
import { S3Fault } from "./errors.ts";
import type { S3Request } from "./request.ts";
import { isoTime } from "./time.ts";

/** How far apart the two clocks may be, in milliseconds. */
const MAX_SKEW = 15 * 60 * 1000;

/** Somebody who may use the server. */
export interface ServerCredentials {
  /** The public name of the key. */
  readonly accessKeyId: string;
  /** The secret that signs. */
  readonly secretAccessKey: string;
  /** With it, requests must carry the same token. */
  readonly sessionToken?: string;
}

/** What a request is checked against. */
export interface Authority {
  /** Who may use the server; nobody listed means that everybody may, signed or not. */
  readonly credentials: readonly ServerCredentials[];
  /** The server's own region. */
  readonly region: string;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * Lets a request pass, or says as S3 does why not.
 *
 * @throws {S3Fault}
 */
export async function authenticate(request: S3Request, authority: Authority): Promise<void> {
  if (authority.credentials.length === 0) return;
  const claim = readClaim(request);
  if (!claim) throw new S3Fault("AccessDenied");
  if (claim.region !== authority.region) throw wrongRegion(claim, authority.region);
  const credentials = findCredentials(claim, authority.credentials);
  checkTime(claim, authority.now);
  checkSignedHeaders(claim, request.headers);
  const canonical = canonicalRequest(request, claim);
  const toSign = [
    "AWS4-HMAC-SHA256",
    claim.amzDate,
    claim.scope,
    await sha256Hex(canonical),
  ].join("\n");
  const signature = await sign(credentials.secretAccessKey, claim, toSign);
  if (!equalText(signature, claim.signature)) throw mismatch(claim, toSign, canonical);
}

function findCredentials(claim: Claim, all: readonly ServerCredentials[]): ServerCredentials {
  const credentials = all.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  // S3 does not know a temporary key that comes without its token.
  if (!credentials || (credentials.sessionToken !== undefined && claim.token === null)) {
    throw new S3Fault("InvalidAccessKeyId", { details: { AWSAccessKeyId: claim.accessKeyId } });
  }
  if (claim.token !== null && !equalText(claim.token, credentials.sessionToken ?? "")) {
    throw new S3Fault("InvalidToken", { details: { "Token-0": claim.token } });
  }
  return credentials;
}

function checkTime(claim: Claim, now: number): void {
  if (!claim.presigned) {
    if (Math.abs(now - claim.signedAt) <= MAX_SKEW) return;
    throw new S3Fault("RequestTimeTooSkewed", {
      details: {
        RequestTime: claim.amzDate,
        ServerTime: isoTime(now),
        MaxAllowedSkewMilliseconds: MAX_SKEW,
      },
    });
  }
  if (claim.signedAt - now > MAX_SKEW) {
    throw new S3Fault("AccessDenied", {
      message: "Request is not valid yet",
      details: { "X-Amz-Date": claim.amzDate, ServerTime: isoTime(now) },
    });
  }
  const end = claim.signedAt + claim.expires * 1000;
  if (now > end) {
    throw new S3Fault("AccessDenied", {
      message: "Request has expired",
      details: {
        "X-Amz-Expires": claim.expires,
        Expires: isoTime(end),
        ServerTime: isoTime(now),
      },
    });
  }
}

/** Without this check, somebody in between could add an x-amz-acl to a signed request. */
function checkSignedHeaders(claim: Claim, headers: Headers): void {
  const unsigned = ["host", ...headers.keys()].filter((name) =>
    (name === "host" || name.startsWith("x-amz-")) && !claim.signedHeaders.includes(name)
  );
  if (unsigned.length === 0) return;
  throw new S3Fault("AccessDenied", {
    message: "There were headers present in the request which were not signed",
    details: { HeadersNotSigned: [...new Set(unsigned)].join(", ") },
  });
}

/** The text whose hash is signed. */
function canonicalRequest(request: S3Request, claim: Claim): string {
  const query = [...request.query]
    .filter(([name]) => !(claim.presigned && name === "X-Amz-Signature"))
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort((a, b) => compareText(a[0], b[0]) || compareText(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`);
  const headers = claim.signedHeaders.map((name) => {
    const value = name === "host" ? request.host : request.headers.get(name) ?? "";
    return `${name}:${value.trim().replace(/ +/g, " ")}\n`;
  });
  return [
    request.method,
    encode(request.path).replaceAll("%2F", "/"),
    query.join("&"),
    headers.join(""),
    claim.signedHeaders.join(";"),
    payloadHash(request, claim),
  ].join("\n");
}

function payloadHash(request: S3Request, claim: Claim): string {
  const hash = request.headers.get("x-amz-content-sha256");
  if (hash !== null) return hash;
  if (claim.presigned) return request.query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  throw new S3Fault("InvalidRequest", {
    message: "Missing required header for this request: x-amz-content-sha256",
  });
}

/** RFC 3986: all but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => "%" + character.charCodeAt(0).toString(16).toUpperCase(),
  );
}

async function sign(secret: string, claim: Claim, toSign: string): Promise<string> {
  let key = new TextEncoder().encode("AWS4" + secret);
  for (const step of [...claim.scope.split("/"), toSign]) key = await hmac(key, step);
  return toHex(key);
}

async function hmac(key: BufferSource, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text)));
}

function mismatch(claim: Claim, toSign: string, canonical: string): S3Fault {
  return new S3Fault("SignatureDoesNotMatch", {
    details: {
      AWSAccessKeyId: claim.accessKeyId,
      StringToSign: toSign,
      SignatureProvided: claim.signature,
      StringToSignBytes: spacedHex(toSign),
      CanonicalRequest: canonical,
      CanonicalRequestBytes: spacedHex(canonical),
    },
  });
}

function spacedHex(text: string): string {
  return toHex(new TextEncoder().encode(text)).replace(/..(?!$)/g, "$& ");
}

/** Compares in a time that does not tell where the texts differ. */
function equalText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** By code unit; the texts are percent-encoded, so that this is the order of bytes. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
