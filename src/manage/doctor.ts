/**
 * The doctor: whether a bucket can be reached and does what a cache needs, and if not, why.
 *
 * @module
 */
import type { CacheOptions } from "../attributes/options.ts";
import type { CredentialsReport } from "../credentials/default_credentials.ts";
import { S3Error } from "../s3/errors.ts";
import { Transport } from "../s3/transport.ts";
import type { RequestKind } from "../s3/types.ts";
import { manifestKey } from "../transfer/bucket_layout.ts";
import { connect, type Connection } from "../transfer/connection.ts";
import { type Check, checkClock, CREDENTIALS_FIX, explainFailure } from "./doctor_check.ts";
import { Probe } from "./doctor_probe.ts";
import { checkLifecycle } from "./lifecycle.ts";
import type { ManageSettings } from "./settings.ts";

/** Settings of {@linkcode diagnose}. */
export interface DiagnoseOptions extends ManageSettings {
  /** Where the credentials come from, if somebody has looked; see `explainCredentials`. */
  credentialsReport?: CredentialsReport;
  /** Write nothing: only what imports need is tried. Default: false. */
  readOnly?: boolean;
}

/** What the doctor found. */
export interface Diagnosis {
  /** All findings, in the order in which they were made. */
  checks: Check[];
  /** How many of them are problems. */
  problems: number;
  /** Requests that were sent, retries included. */
  requests: Record<RequestKind, number>;
}

/** What was seen of the traffic. */
interface Seen {
  /** Of the first request. */
  url?: URL;
  /** Whether anything came back. */
  answered?: boolean;
  /** Of the first answer, milliseconds since 1970. */
  date?: number;
  /** What the server says it is. */
  server?: string;
  /** What stands between, as far as it says so. */
  via?: string;
}

/**
 * Tries everything that a cache needs of its bucket, on objects of its own that are deleted again.
 *
 * @example
 * ```ts
 * import { diagnose, parseAttributes } from "@s3cache/s3cache";
 *
 * const options = parseAttributes("type=s3,bucket=cache,region=eu-west-1,anonymous=true", {
 *   direction: "import",
 * });
 * const { checks } = await diagnose(options, {
 *   fetch: () =>
 *     Promise.resolve(new Response("<Error><Code>NoSuchBucket</Code></Error>", { status: 404 })),
 * });
 * const list = checks.find(({ name }) => name === "list");
 * console.assert(list?.status === "problem" && list.fix?.includes("create bucket cache"));
 * ```
 *
 * @param options the cache
 * @param settings `readOnly`, `credentialsReport`, `signal`
 * @returns findings, each with what to do about it
 */
export async function diagnose(
  options: CacheOptions,
  settings: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { readOnly = false, signal } = settings;
  const seen: Seen = {};
  const watched = { ...settings, fetch: watch(settings.fetch, seen) };
  const connection = connect(options, watched);
  const checks: Check[] = [checkCredentials(options, settings.credentialsReport)];
  const add = (...found: Check[]) => void checks.push(...found);

  const { list, goesOn } = await checkList(options, connection, signal);
  if (seen.answered) {
    add(...checkEndpoint(options, seen), checkClock(connection.clock(), seen.date));
    add(checkRegion(options, connection), list);
  } else if (checks[0]!.status !== "problem") {
    // Nothing came back, or nothing could be sent: that is all there is to say.
    add({ ...list, name: "endpoint" });
  }
  if (goesOn) {
    const probe = new Probe(options, connection, signal);
    add(await probe.absent());
    if (readOnly) {
      add({ name: "write", status: "skipped", message: "nothing is written, as was asked for" });
    } else {
      add(...await probe.write());
    }
    add(await checkLifecycle(transportOf(options, connection, watched), options, signal));
  }
  return {
    checks,
    problems: checks.filter(({ status }) => status === "problem").length,
    requests: { ...connection.requests.counts },
  };
}

function watch(
  inner: typeof fetch = (input, init) => fetch(input, init),
  seen: Seen,
): typeof fetch {
  return async (input, init) => {
    seen.url ??= new URL(input instanceof Request ? input.url : input);
    const response = await inner(input, init);
    seen.answered = true;
    const date = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(date)) seen.date ??= date;
    seen.server ??= response.headers.get("server") ?? undefined;
    seen.via ??= response.headers.get("via") ?? undefined;
    return response;
  };
}

/** Never says what they are. */
function checkCredentials(options: CacheOptions, report: CredentialsReport | undefined): Check {
  const name = "credentials";
  if (options.anonymous) {
    return { name, status: "ok", message: "none: requests are anonymous, as was asked for" };
  }
  if (!report) {
    const where = typeof options.credentials === "object" ? "from the options" : "from a provider";
    return options.credentials
      ? { name, status: "ok", message: where }
      : { name, status: "warning", message: "none: requests are not signed" };
  }
  const tried = report.tried.map(({ source, reason }) => `${source}: ${reason}`).join("; ");
  const before = tried === "" ? "" : ` (before that: ${tried})`;
  if (!report.error) {
    return { name, status: "ok", message: `from ${report.source}${before}` };
  }
  return {
    name,
    status: "problem",
    message: report.error.message,
    fix: CREDENTIALS_FIX,
  };
}

async function checkList(
  options: CacheOptions,
  { client }: Connection,
  signal: AbortSignal | undefined,
): Promise<{ list: Check; goesOn: boolean }> {
  const name = "list";
  const prefix = manifestKey(options, "");
  try {
    for await (const page of client.listPages({ prefix, pageSize: 1, signal })) {
      const message = page.objects.length > 0
        ? `there are caches below ${prefix}`
        : `there is no cache below ${prefix} yet`;
      return { list: { name, status: "ok", message }, goesOn: true };
    }
    throw new Error("a listing has at least one page");
  } catch (error) {
    signal?.throwIfAborted();
    const list = explainFailure(name, error, "s3:ListBucket", options);
    // Who may not list may still read and write.
    const goesOn = error instanceof S3Error && ["AccessDenied", "Forbidden"].includes(error.code);
    return { list, goesOn };
  }
}

function checkEndpoint(options: CacheOptions, { url, server, via }: Seen): Check[] {
  if (!url) return [];
  const isPath = url.pathname.includes(`/${options.bucket}`);
  const style = isPath
    ? "path style: the bucket is in the path"
    : "virtual-hosted style: the bucket is in the host's name";

  const checks: Check[] = [{
    name: "endpoint",
    status: "ok",
    message: `${url.origin}, ${style}` + (server ? `; it says it is ${server}` : ""),
  }];
  if (url.protocol === "https:") {
    checks.push({ name: "tls", status: "ok", message: "the connection is encrypted" });
  } else if (/^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(url.hostname)) {
    checks.push({ name: "tls", status: "ok", message: "not encrypted, within a private network" });
  } else {
    checks.push({
      name: "tls",
      status: "warning",
      message: "the connection is not encrypted: whoever is on the way reads and changes layers",
      fix: "use an https:// endpoint_url",
    });
  }
  if (via) {
    checks.push({
      name: "proxy",
      status: "warning",
      message: `there is a proxy on the way: ${via}`,
      fix:
        "see that it passes on headers and bodies as they are, and lets requests of 8 MiB through",
    });
  }
  return checks;
}

function checkRegion(options: CacheOptions, { client }: Connection): Check {
  const name = "region";
  if (client.region === options.region) return { name, status: "ok", message: options.region };
  return {
    name,
    status: "problem",
    message: `the bucket is in ${client.region}, not in ${options.region}`,
    fix: `set region=${client.region}: s3cache corrects itself, BuildKit does not`,
  };
}

function transportOf(
  options: CacheOptions,
  { client, clock, sleep, random }: Connection,
  settings: ManageSettings & { fetch: typeof fetch },
): Transport {
  return new Transport({
    bucket: options.bucket,
    region: client.region,
    endpoint: options.endpointUrl,
    pathStyle: options.usePathStyle,
    credentials: options.anonymous
      ? "anonymous"
      : options.credentials ?? settings.credentials ?? "anonymous",
    fetch: settings.fetch,
    retry: {},
    timeouts: { attempt: 60_000, idle: 60_000, ...settings.timeouts },
    clock,
    sleep,
    random,
  });
}
