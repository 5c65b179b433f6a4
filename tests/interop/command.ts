/** The s3cache command, as a user runs it. */
import { capture } from "../../scripts/process.ts";
import { cliCommand } from "../cli_command.ts";

/** What `export --json` and `import --json` print. */
export interface Report {
  names: string[];
  layers: number;
  blobs: { total: number; transferred: number; reused: number; touched: number; missing: number };
  bytes: { transferred: number };
  requests: Record<string, number>;
  seconds: number;
}

/**
 * Runs the command.
 *
 * @param args a verb and its arguments; `--json` is added
 * @param env variables on top of ours
 * @returns what it printed
 * @throws {Error} with all that it wrote, if it fails
 */
export async function s3cache(args: string[], env: Record<string, string> = {}): Promise<Report> {
  const { code, stdout, text } = await capture([...cliCommand, ...args, "--json"], { env });
  if (code !== 0) throw new Error(`s3cache ${args[0]}: exit status ${code}\n${text}`);
  return JSON.parse(stdout);
}
