/**
 * Everybody who gives credentials, in one server. The access key that it gives says what it was
 * asked for, and by whom: two clients who get the same one have asked the same question.
 */

/** The server. */
export class CredentialsServer implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    answer,
  );

  /** Its URL, without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const EXPIRATION = "2100-01-01T00:00:00Z";

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === "POST") return sts(request, new URLSearchParams(await request.text()));
  if (pathname === "/latest/api/token") {
    return new Response("imds-token", {
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
    });
  }
  if (pathname === "/latest/meta-data/iam/security-credentials/") return new Response("builder");
  const keys = (accessKeyId: string) => ({
    Code: "Success",
    AccessKeyId: accessKeyId,
    SecretAccessKey: "given-secret",
    Token: "given-token",
    Expiration: EXPIRATION,
  });
  if (pathname === "/latest/meta-data/iam/security-credentials/builder") {
    return Response.json(keys(`imds ${request.headers.get("x-aws-ec2-metadata-token")}`));
  }
  if (pathname === "/container") {
    return Response.json(keys(`container ${request.headers.get("authorization")}`));
  }
  if (pathname === "/federation/credentials") {
    const token = request.headers.get("x-amz-sso_bearer_token");
    const asked = [token, searchParams.get("account_id"), searchParams.get("role_name")];
    return Response.json({
      roleCredentials: {
        accessKeyId: `sso ${asked.join(" ")}`,
        secretAccessKey: "given-secret",
        sessionToken: "given-token",
        expiration: Date.parse(EXPIRATION),
      },
    });
  }
  return new Response(null, { status: 404 });
}

function sts(request: Request, form: URLSearchParams): Response {
  const action = form.get("Action");
  const role = form.get("RoleArn");
  if (role?.endsWith("-refused")) {
    const text = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error>" +
      "</ErrorResponse>";
    return new Response(text, { status: 403 });
  }
  const signed = request.headers.get("authorization")?.match(/Credential=([^,]*)/)?.[1];
  // The day of the scope may change between two clients.
  const scope = signed?.replace(/\/\d{8}\//, "/");
  // Each client makes up its own name where there is none.
  const session = form.get("RoleSessionName") === "session" ? "session" : "some session";
  const asked = ["DurationSeconds", "ExternalId", "WebIdentityToken"].map((key) => form.get(key));
  const accessKeyId = [action, scope, role, session, ...asked].join(" ").replaceAll("&", "&amp;");
  return new Response(
    `<${action}Response><${action}Result><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId>` +
      "<SecretAccessKey>given-secret</SecretAccessKey><SessionToken>given-token</SessionToken>" +
      `<Expiration>${EXPIRATION}</Expiration></Credentials></${action}Result></${action}Response>`,
    { headers: { "content-type": "text/xml" } },
  );
}
