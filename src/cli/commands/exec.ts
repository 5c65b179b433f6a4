/**
 * `s3cache exec`: runs a builder's command with its `type=s3` flags led to a gateway.
 *
 * @module
 */
import { formatBytes, plural } from "../../format.ts";
import { listen } from "../../runtime/listen.ts";
import { type Address, formatAddress, parseAddress } from "../address.ts";
import { readAttributes, warn } from "../common.ts";
import { type Command, Option } from "../deps.ts";
import { ExitStatus } from "../exit_status.ts";
import { NOT_EXECUTABLE, NOT_FOUND, runChild } from "../gateway/child.ts";
import { createFront } from "../gateway/front.ts";
import { Metrics } from "../gateway/metrics.ts";
import { type CacheFlag, rewriteFlags } from "../gateway/rewrite.ts";
import { Slots } from "../gateway/slots.ts";
import type { Io } from "../io.ts";
import { isLoopback } from "../loopback.ts";

interface ExecOptions {
  listen: Address;
  advertise?: Address;
  quiet?: boolean;
}

/** Adds the verb. */
export function addExec(program: Command, io: Io): void {
  program.command("exec <command...>")
    .usage("[options] -- <command> [argument...]")
    .description("run docker buildx or buildctl, with its type=s3 flags led to a gateway")
    .addOption(
      new Option("--listen <host:port>", "where the gateway listens; port 0 is a free one")
        .argParser(parseAddress).default({ hostname: "127.0.0.1", port: 0 }, "127.0.0.1:0"),
    )
    .addOption(
      new Option(
        "--advertise <host:port>",
        "where the builder reaches it, if that is not where it listens; port 0 is the same port",
      ).argParser(parseAddress),
    )
    .option("-q, --quiet", "print no summary; warnings remain")
    .addHelpText(
      "after",
      "\nWhat --cache-to, --cache-from, --export-cache, --import-cache and bake's --set name is led\n" +
        "to the gateway; what a bake file says is out of its reach.",
    )
    .action((command: string[], options: ExecOptions) => runExec(command, options, io));
}

async function runExec(command: string[], options: ExecOptions, io: Io): Promise<void> {
  if (!options.advertise && ["0.0.0.0", "::"].includes(options.listen.hostname)) {
    throw new Error(
      `--listen ${
        formatAddress(options.listen)
      }: no address of its own; --advertise says where the ` +
        "builder reaches it",
    );
  }
  const slots = new Slots();
  const metrics = new Metrics();
  const front = createFront(slots.answer, {
    metrics,
    onDone: () => {},
    authorize: () => Promise.resolve(new Response(null, { status: 404 })),
  });
  const server = await listen(front, options.listen);
  try {
    const { hostname, port } = { ...options.listen, ...options.advertise };
    const host = { hostname, port: port || server.port };
    let flags = 0;
    const argv = await rewriteFlags(command, async (flag) => {
      flags++;
      return await openSlots(flag, slots, host, io);
    });
    if (flags === 0) {
      warn(io, "the command has no type=s3 flag; what a bake file says is out of reach");
    }
    const status = await runChild(argv, io);
    const notStarted = status === NOT_FOUND || status === NOT_EXECUTABLE;
    if (flags > 0 && !notStarted) {
      if (slots.reached) summarize(metrics, options, io);
      else warn(io, notReached(host, status));
    }
    if (status !== 0) throw new ExitStatus(status);
  } finally {
    await server.close();
  }
}

/** A flag of the registry for each name that a flag of S3 has. */
async function openSlots(
  { direction, text, source }: CacheFlag,
  slots: Slots,
  host: Address,
  io: Io,
): Promise<string[]> {
  const cache = await readAttributes(text, direction, source, io);
  const { mode, ignoreError, names } = cache;
  return names.map((name) => {
    const readOnly = direction === "import";
    const onWarning = (message: string) => warn(io, message);
    const reference = slots.add({ cache, name, readOnly, onWarning });
    return [
      "type=registry",
      `ref=${formatAddress(host)}/${reference}`,
      ...readOnly || !mode ? [] : [`mode=${mode}`],
      ...readOnly || !ignoreError ? [] : ["ignore-error=true"],
      // Builders speak HTTP without being told only to their own machine.
      ...isLoopback(host.hostname) ? [] : ["registry.insecure=true"],
    ].join(",");
  });
}

function summarize(metrics: Metrics, { quiet }: ExecOptions, io: Io): void {
  if (quiet) return;
  const { requests, hits, misses, sent, received } = metrics.totals;
  io.stderr(
    `s3cache: ${plural(hits, "hit")}, ${misses} not there; ${formatBytes(sent)} read, ` +
      `${formatBytes(received)} written, ${plural(requests, "request")}\n`,
  );
}

/** A build that failed may have ended before it wanted a cache. */
function notReached(host: Address, status: number): string {
  return `the builder never reached the gateway at ${formatAddress(host)}` +
    (status === 0 ? ", so no cache was used: if it " : "; if that is why it failed, and it ") +
    "runs in another network namespace (docker-container, remote, Docker Desktop), --listen and " +
    "--advertise say where it finds the gateway";
}
