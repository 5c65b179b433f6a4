/**
 * What the verbs have in common that look after a bucket.
 *
 * @module
 */
import type { ManageEvent, ManageSettings } from "../manage/settings.ts";
import { addCommonOptions, type CommonOptions, warn } from "./common.ts";
import type { Command } from "./deps.ts";
import { plural } from "../format.ts";
import type { Io } from "./io.ts";

/** How often a log is told what has been looked at, in milliseconds. */
const LOG_INTERVAL_MS = 10_000;

/** Options that these verbs have. */
export interface ManageOptions extends CommonOptions {
  cache: string;
}

/** Adds the options that these verbs have. */
export function addManageOptions(command: Command): Command {
  return addCommonOptions(
    command.requiredOption(
      "--cache <attrs>",
      "which bucket: type=s3,bucket=…,region=…, as for docker buildx build",
    ),
  );
}

/** Runs something that looks at many objects, and shows on stderr how many. */
export async function withManageProgress<T>(
  label: string,
  options: CommonOptions,
  io: Io,
  work: (settings: ManageSettings) => Promise<T>,
): Promise<T> {
  const mode = options.quiet ? "none" : options.progress;
  const redraws = mode === "auto" && io.isTerminal;
  let manifests = 0;
  let objects = 0;
  let logged = Date.now();
  const erase = () => {
    if (redraws) io.stderr("\r\x1b[K");
  };
  const onProgress = (event: ManageEvent) => {
    if (event.type === "warning") {
      erase();
      warn(io, event.message);
      return;
    }
    // Whoever asked for it prints it.
    if (event.type === "delete") return erase();
    if (event.type === "manifest") manifests++;
    else if (event.type === "listed") objects = event.objects;
    const line = `${label}: ${plural(manifests, "manifest")}` +
      (objects > 0 ? `, ${plural(objects, "object")}` : "");
    if (redraws) {
      io.stderr(`\r${line}`);
    } else if (mode !== "none" && Date.now() - logged >= LOG_INTERVAL_MS) {
      logged = Date.now();
      io.stderr(`${line}\n`);
    }
  };
  try {
    return await work({ signal: io.signal, onProgress });
  } finally {
    erase();
  }
}
