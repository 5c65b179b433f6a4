import type { CredentialsProvider } from "../s3/types.ts";
import type { Credentials } from "../secret_credentials.ts";
import { type Context, createContext, type ProviderOptions, readRequired } from "./context.ts";
import { checkedUrl } from "./endpoints.ts";
import { CredentialsError } from "./errors.ts";
import { ask, readJson } from "./http.ts";
import { readCredentials } from "./json_credentials.ts";
import { memoize } from "./memoize.ts";

const WHAT = "container credentials";
const RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

/** The agents of ECS and EKS; http to anybody else would show the token to the network. */
const ECS_AGENT = "169.254.170.2";
const AGENTS = new Set([ECS_AGENT, "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]);

/**
 * Asks the agent beside a container: ECS task roles (`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`), EKS
 * Pod Identity and others (`AWS_CONTAINER_CREDENTIALS_FULL_URI`, with a token in
 * `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` or `AWS_CONTAINER_AUTHORIZATION_TOKEN`). The file is
 * read again at each refresh.
 *
 * @example
 * ```ts
 * import { containerProvider } from "@s3cache/s3cache";
 *
 * const provider = containerProvider({
 *   env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/task" },
 *   fetch: () => Promise.resolve(Response.json({ AccessKeyId: "ASIA", SecretAccessKey: "s" })),
 * });
 * console.assert((await provider()).accessKeyId === "ASIA");
 * ```
 *
 * @param options `env`
 * @returns a memoized provider, which fails with CredentialsError outside of such a container or if
 * the agent refuses
 */
export function containerProvider(options: ProviderOptions): CredentialsProvider {
  const context = createContext(options);
  return memoize(({ signal } = {}) => askContainer(context, signal), context);
}

/** Why there is no agent to be asked, if there is none. */
export function whyNoContainer({ variables }: Context): string | undefined {
  return variables.get(RELATIVE, FULL) ? undefined : `neither $${RELATIVE} nor $${FULL} is set`;
}

/** Asks the agent once. */
export async function askContainer(context: Context, signal?: AbortSignal): Promise<Credentials> {
  const url = agentUrl(context);
  const token = await readToken(context);
  const answer = await ask({
    what: WHAT,
    url: url.href,
    headers: { accept: "application/json", ...(token && { authorization: token }) },
    // The agent is next door.
    timeout: 5_000,
    signal,
  }, context);
  if (answer.status !== 200) {
    throw new CredentialsError(`${WHAT}: ${url.host} answered with HTTP status ${answer.status}`);
  }
  return readCredentials(readJson(answer.text, WHAT), {
    accessKeyId: "AccessKeyId",
    secretAccessKey: "SecretAccessKey",
    sessionToken: "Token",
    expiration: "Expiration",
  }, WHAT);
}

function agentUrl(context: Context): URL {
  const { variables } = context;
  const relative = variables.get(RELATIVE);
  if (relative) {
    if (!relative.startsWith("/")) {
      throw new CredentialsError(`$${RELATIVE}: expected a path that starts with a slash`);
    }
    return checkedUrl(`http://${ECS_AGENT}${relative}`, `$${RELATIVE}`);
  }
  const full = variables.get(FULL);
  if (!full) throw new CredentialsError(`${WHAT}: ${whyNoContainer(context)}`);
  const url = checkedUrl(full, `$${FULL}`);
  if (
    url.protocol === "http:" && !AGENTS.has(url.hostname) && !/^127(\.\d+){3}$/.test(url.hostname)
  ) {
    throw new CredentialsError(
      `$${FULL}: expected https, or http to this machine or to the agent of ECS or EKS, ` +
        `got http to ${url.hostname}`,
    );
  }
  return url;
}

async function readToken(context: Context): Promise<string | undefined> {
  const path = context.variables.get(TOKEN_FILE);
  const token = path === undefined
    ? context.variables.get(TOKEN)
    : await readRequired(path, `$${TOKEN_FILE}`, context);
  if (token && /[\r\n]/.test(token)) {
    throw new CredentialsError(
      `$${path ? TOKEN_FILE : TOKEN}: expected a token without line breaks`,
    );
  }
  return token;
}
