/**
 * Programs that the scripts run. None of them gets an input: CI has none to give.
 *
 * @module
 */

/** How to run a program. */
export interface RunOptions {
  /** The directory that it runs in. */
  cwd?: string;
  /** Variables on top of this process's own. */
  env?: Record<string, string>;
}

/**
 * Runs a program whose output is shown.
 *
 * @param argv the program and its arguments
 * @param options where and with what
 * @returns its exit status
 */
export async function status(argv: string[], options: RunOptions = {}): Promise<number> {
  const { code } = await command(argv, options, "inherit").output();
  return code;
}

/** What a program did. */
export interface Captured {
  /** Its exit status. */
  code: number;
  /** What it wrote to its standard output. */
  stdout: string;
  /** All that it wrote, errors last. */
  text: string;
}

/**
 * Runs a program whose output is not shown.
 *
 * @param argv the program and its arguments
 * @param options where and with what
 * @returns its output and exit status
 */
export async function capture(argv: string[], options: RunOptions = {}): Promise<Captured> {
  const result = await command(argv, options, "piped").output();
  const stdout = new TextDecoder().decode(result.stdout);
  return { code: result.code, stdout, text: stdout + new TextDecoder().decode(result.stderr) };
}

/**
 * Runs a program that has to succeed, and whose output matters only if it does not.
 *
 * @param argv the program and its arguments
 * @param options where and with what
 * @returns what it wrote to its standard output
 * @throws {Error} with all of its output, if it fails
 */
export async function output(argv: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, text } = await capture(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit status ${code}\n${text.trim()}`);
  return stdout;
}

function command(
  argv: string[],
  { cwd, env }: RunOptions,
  streams: "inherit" | "piped",
): Deno.Command {
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("no program to run");
  return new Deno.Command(program, {
    args,
    cwd,
    env,
    stdin: "null",
    stdout: streams,
    stderr: streams,
  });
}
