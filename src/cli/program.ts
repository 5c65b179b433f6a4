/**
 * The command line as a function: arguments in, exit status out.
 *
 * @module
 */
import denoJson from "../../deno.json" with { type: "json" };
import { AttributeError } from "../attributes/errors.ts";
import { addDevServer } from "./commands/dev_server.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExec } from "./commands/exec.ts";
import { addExport } from "./commands/export.ts";
import { addImport } from "./commands/import.ts";
import { addInspect } from "./commands/inspect.ts";
import { addLs } from "./commands/ls.ts";
import { addCopy } from "./commands/copy.ts";
import { addRm } from "./commands/rm.ts";
import { addRepair } from "./commands/repair.ts";
import { addPrune } from "./commands/prune.ts";
import { addServe } from "./commands/serve.ts";
import { addStats } from "./commands/stats.ts";
import { addVerify } from "./commands/verify.ts";
import { Command, CommanderError } from "./deps.ts";
import { ExitStatus } from "./exit_status.ts";
import { Interrupted, type Io } from "./io.ts";

/** Exit statuses. */
const FAILED = 1;
const WRONG_USAGE = 2;
const INTERRUPTED = 130;

/**
 * Runs the command.
 *
 * @param argv arguments, without the program's own name
 * @param io the process around it
 * @returns the exit status: 0 done, 1 failed, 2 wrong usage, 3 problems found, 130
 * interrupted; `exec` gives its command's
 */
export async function run(argv: string[], io: Io): Promise<number> {
  const program = new Command("s3cache")
    .description("BuildKit's S3 build cache: export it, import it, look after it.")
    .version(denoJson.version, "-V, --version")
    .helpCommand(false)
    .showHelpAfterError("(add --help for usage)")
    .configureOutput({
      writeOut: io.stdout,
      writeErr: io.stderr,
      outputError: (text, write) => write(`s3cache: ${text.replace(/^error: /, "")}`),
    })
    .exitOverride();
  for (
    const add of [
      addExport,
      addImport,
      addLs,
      addStats,
      addInspect,
      addRm,
      addCopy,
      addRepair,
      addPrune,
      addVerify,
      addDoctor,
      addServe,
      addExec,
      addDevServer,
    ]
  ) {
    add(program, io);
  }
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    return statusOf(error, io);
  }
}

function statusOf(error: unknown, io: Io): number {
  if (error instanceof ExitStatus) return error.status;
  // The parser has said it already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  if (io.signal.aborted && io.signal.reason instanceof Interrupted) {
    io.stderr("s3cache: interrupted\n");
    return INTERRUPTED;
  }
  io.stderr(`s3cache: ${error instanceof Error ? error.message : String(error)}\n`);
  if (io.env.S3CACHE_DEBUG && error instanceof Error) io.stderr(`${error.stack}\n`);
  return error instanceof AttributeError ? WRONG_USAGE : FAILED;
}
