/**
 * The two operations of AWS STS that give the credentials of a role.
 *
 * @module
 */
import { sha256Hex } from "../digest.ts";
import { Signer } from "../s3/signer.ts";
import { readXml, type Xml } from "../s3/xml.ts";
import { type Credentials, credentials } from "../secret_credentials.ts";
import type { Context } from "./context.ts";
import { regionalUrl } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { type Answer, ask } from "./http.ts";

/** Where STS is. */
export interface StsEndpoint {
  /** Requests go to this region's own host, and are signed for it. */
  region: string;
  /** URL of an STS-compatible service; AWS by default. */
  endpoint?: string | undefined;
}

/** What a request of STS is made of. */
export interface StsRequest extends StsEndpoint {
  operation: "AssumeRole" | "AssumeRoleWithWebIdentity";
  /** The operation's parameters; what is undefined is left out. */
  parameters: Record<string, string | number | undefined>;
  /** Signs the request; a web identity needs none. */
  signWith?: Credentials;
  signal?: AbortSignal | undefined;
}

/** STS gives these where the same request may succeed a moment later. */
const PASSING = new Set([
  "IDPCommunicationError",
  "InvalidIdentityToken",
  "RequestLimitExceeded",
  "Throttling",
  "ThrottlingException",
]);

/**
 * Asks STS for the credentials of a role.
 *
 * @param request what to ask
 * @param context how
 * @throws {CredentialsError} with STS's own words if it refuses
 */
export async function askSts(request: StsRequest, context: Context): Promise<Credentials> {
  const { operation, parameters, region, endpoint, signWith, signal } = request;
  const what = `STS ${operation}`;
  const url = regionalUrl("sts", region, endpoint).href;
  const form = new URLSearchParams({ Action: operation, Version: "2011-06-15" });
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) form.set(name, String(value));
  }
  const body = form.toString();
  const headers = new Headers();
  if (signWith) {
    const hash = { "x-amz-content-sha256": await sha256Hex(body) };
    const signable = { method: "POST", url, headers: hash };
    const signed = await new Signer(context.clock, "sts").sign(signable, signWith, region);
    signed.forEach((value, name) => headers.set(name, value));
  }
  headers.set("content-type", "application/x-www-form-urlencoded; charset=utf-8");
  const answer = await ask({
    what,
    url,
    method: "POST",
    headers,
    body,
    isRetryable: (answer) => PASSING.has(errorOf(answer)?.get("Code") ?? ""),
    signal,
  }, context);
  if (answer.status !== 200) throw refused(what, parameters.RoleArn, answer);
  return readAnswer(what, operation, answer);
}

function readAnswer(what: string, operation: string, { text }: Answer): Credentials {
  const found = readXml(text)?.all(`${operation}Result`)[0]?.all("Credentials")[0];
  const accessKeyId = found?.get("AccessKeyId");
  const secretAccessKey = found?.get("SecretAccessKey");
  const expiration = new Date(found?.get("Expiration") ?? NaN);
  if (!accessKeyId || !secretAccessKey || Number.isNaN(expiration.getTime())) {
    throw new CredentialsError(`${what}: the answer holds no credentials`);
  }
  return credentials({
    accessKeyId,
    secretAccessKey,
    sessionToken: found?.get("SessionToken"),
    expiration,
  });
}

function refused(what: string, role: unknown, answer: Answer): CredentialsError {
  const error = errorOf(answer);
  const reason = error
    ? `${error.get("Code")}: ${error.get("Message") ?? "without a message"}`
    : `HTTP status ${answer.status}`;
  return new CredentialsError(`${what} of ${role}: ${reason}`);
}

function errorOf({ text }: Answer): Xml | undefined {
  return readXml(text)?.all("Error")[0];
}
