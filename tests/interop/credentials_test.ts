/** Region, endpoint and credentials are found as the AWS SDK for Go finds them for BuildKit. */
import { CredentialsError, defaultCredentials, resolveProfileDefaults } from "s3cache";
import { toHex } from "../../src/digest.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "../assert.ts";
import { plain } from "../credentials/plain.ts";
import { test } from "../harness.ts";
import { askSdk, type SdkResult } from "./credentials/sdk.ts";
import { CredentialsServer } from "./credentials/server.ts";
import { CLIENTS } from "./credentials/setups/clients.ts";
import { SETUPS } from "./credentials/setups.ts";
import type { Setup } from "./credentials/setups/common.ts";

test("credentials, region and endpoint: as the AWS SDK for Go, in every set-up", async () => {
  await using server = new CredentialsServer();
  const root = await Deno.makeTempDir({ prefix: "s3cache-credentials-" });
  try {
    const environments = await Promise.all(
      SETUPS.map((setup, index) => prepare(setup, `${root}/${index}`, server.url)),
    );
    const results = await askSdk(environments);
    for (const [index, setup] of SETUPS.entries()) {
      const { loadError, ...result } = results[index]!;
      const ours = await resolve(environments[index]!);
      if (loadError) {
        assertEquals(ours.credentials, undefined, setup.name);
        if (CLIENTS.includes(setup)) assertEquals(ours.region, null, setup.name);
      } else assertEquals(ours, expected(result), setup.name);
    }
    assertGreaterOrEqual(results.filter(({ accessKeyId }) => accessKeyId).length, 40);
    assertGreaterOrEqual(results.filter(({ accessKeyId }) => !accessKeyId).length, 20);
    assert(results.some(({ loadError }) => loadError));
    assert(results.some(({ credentialsError }) => credentialsError));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Writes the files of a set-up; what it gives is its whole environment. */
async function prepare(
  setup: Setup,
  home: string,
  server: string,
): Promise<Record<string, string>> {
  const fill = (text: string) => text.replaceAll("$HOME", home).replaceAll("$SERVER", server);
  const write = async (path: string, text: string) => {
    await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(path, fill(text));
  };
  const { config, credentials, files = {}, env = {} } = setup;
  await Deno.mkdir(home, { recursive: true });
  if (config !== undefined) await write(`${home}/.aws/config`, config);
  if (credentials !== undefined) await write(`${home}/.aws/credentials`, credentials);
  for (const [path, text] of Object.entries(files)) {
    await write(`${home}/${await resolveSso(path)}`, text);
  }
  const own = Object.entries(env).map(([name, value]) => [name, fill(value)]);
  // The program that credential_process names is looked for on the path.
  const path = Deno.env.get("PATH") ?? "";
  return { PATH: path, HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...Object.fromEntries(own) };
}

/** `$SSO(key)`: the file of the token that was got for a session or a start URL. */
async function resolveSso(path: string): Promise<string> {
  const key = path.match(/^\$SSO\((.*)\)$/)?.[1];
  if (key === undefined) return path;
  const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key));
  return `.aws/sso/cache/${toHex(new Uint8Array(hash))}.json`;
}

/** What both of them may conclude. */
interface Conclusion {
  region?: string | null | undefined;
  endpoint?: string | undefined;
  fips: boolean;
  dualstack: boolean;
  retryMode: string | undefined;
  maxAttempts: number | undefined;
  credentials: object | undefined;
}

async function resolve(env: Record<string, string>): Promise<Conclusion> {
  const credentials = await orUndefined(defaultCredentials({ env, random: () => 0 })());
  const { accessKeyId, secretAccessKey, sessionToken } = plain(credentials) ?? {};
  const defaults = await orUndefined(resolveProfileDefaults({ env }));
  return {
    // Null if the settings cannot be used at all.
    region: defaults ? defaults.region?.value : null,
    endpoint: defaults?.endpointUrl?.value,
    fips: defaults?.fips ?? false,
    dualstack: defaults?.dualstack ?? false,
    retryMode: defaults?.retryMode,
    maxAttempts: defaults?.maxAttempts,
    credentials: credentials && { accessKeyId, secretAccessKey, sessionToken },
  };
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof CredentialsError) return undefined;
    throw error;
  }
}

function expected(result: SdkResult): Conclusion {
  const { fips = false, dualstack = false, retryMode, maxAttempts } = result;
  const { region, endpoint, accessKeyId, secretAccessKey, sessionToken } = result;
  return {
    region: region || undefined,
    endpoint: endpoint || undefined,
    fips,
    dualstack,
    retryMode,
    maxAttempts,
    credentials: accessKeyId
      ? { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined }
      : undefined,
  };
}
