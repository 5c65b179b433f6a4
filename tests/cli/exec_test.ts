import { spawn } from "node:child_process";
import process from "node:process";
import { runChild } from "../../src/cli/gateway/child.ts";
import { Interrupted } from "../../src/cli/io.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../assert.ts";
import { cliCommand } from "../cli_command.ts";
import { test } from "../harness.ts";
import { SECRET, withServer } from "./run.ts";

const runtime = cliCommand[0];
/** A program in this runtime that is given as text; what follows are its arguments. */
function program(text: string): string[] {
  const code = `import process from "node:process"; ${text.replaceAll("\n", " ")}`;
  if ("Deno" in globalThis) return [runtime, "eval", code, "build"];
  return [runtime, ..."Bun" in globalThis ? [] : ["--input-type=module"], "-e", code, "build"];
}

/** Runs the command as a process, whose streams its child shares. */
function exec(
  argv: string[],
  { input = "", onOutput }: {
    input?: string;
    onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const [command, ...args] = [...cliCommand, "exec", ...argv];
  const child = spawn(command!, args, { stdio: "pipe" });
  const outcome = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    outcome.stdout += chunk;
    onOutput?.(outcome.stdout, (signal) => void process.kill(child.pid!, signal));
  });
  child.stderr.on("data", (chunk) => outcome.stderr += chunk);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, ...outcome }));
  });
}

/** Prints its arguments, and asks the gateway for what they name. */
const builder = program(`
  const args = process.argv.filter((arg) => arg.includes("type="));
  console.log(JSON.stringify(args));
  const [host, ...path] = args[0].match(/ref=([^:]+:[0-9]+)[/](.+):latest/).slice(1);
  const answer = await fetch("http://" + host + "/v2/" + path + "/manifests/latest");
  const other = await fetch("http://" + host + "/v2/" + path[0].replace(/^./, "x") + "/tags/list");
  console.log(answer.status, other.status);
  process.exit(7);
`);

test("the flags lead to the gateway, the status is the builder's, secrets stay here", () =>
  withServer(async (attributes) => {
    const text = `${attributes},mode=max,ignore-error=true`.replace("name=app", "name=App;b");
    const { status, stdout, stderr } = await exec(["--", ...builder, "--cache-to", text]);
    assertEquals(status, 7, stderr);
    const [args, statuses] = stdout.trim().split("\n");
    const [first, second] = JSON.parse(args!) as string[];
    const reference = /^type=registry,ref=127\.0\.0\.1:\d+\/[0-9a-f]{32}\/(\d):latest,mode=max,/;
    assertEquals([first!.match(reference)?.[1], second!.match(reference)?.[1]], ["0", "1"]);
    assertMatch(first!, /,ignore-error=true$/);
    assertEquals(statuses, "404 404");
    assertMatch(stderr, /s3cache: 0 hits, 1 not there; \d+ B read, 0 B written, 2 requests\n$/);
    assert(!(stdout + stderr).includes(SECRET));
  }));

test("--advertise is what the builder is told; a gateway that was not reached is told of", () =>
  withServer(async (attributes) => {
    const print = program('console.log(process.argv.filter((a) => a.includes("type="))[0])');
    const { status, stdout, stderr } = await exec([
      ...["--advertise", "host.example:5005", "--", ...print],
      ...["--import-cache", attributes],
    ]);
    assertEquals(status, 0, stderr);
    assertMatch(
      stdout,
      /^type=registry,ref=host\.example:5005\/[0-9a-f]{32}\/0:latest,registry\.insecure=true\n$/,
    );
    assertStringIncludes(stderr, "never reached the gateway at host.example:5005");
  }));

test("input, output and signals pass through", async () => {
  const { status, stdout, stderr } = await exec(["--", "cat"], { input: "hello" });
  assertEquals([status, stdout], [0, "hello"]);
  assertStringIncludes(stderr, "no type=s3 flag");
  // A builder takes the second signal for more than the first, and is not left alone with it.
  const script = ["TERM", "INT", "HUP", "USR1"].map((name) => `trap 'echo ${name}' ${name}; `)
    .join("") + "trap 'echo bye; exit 9' USR2; echo ready; while :; do sleep 0.1; done";
  const signals = [
    "SIGTERM",
    "SIGTERM",
    "SIGINT",
    "SIGINT",
    "SIGHUP",
    "SIGUSR1",
    "SIGUSR2",
  ] as const;
  let sent = 0;
  const killed = await exec(["--quiet", "--", "sh", "-c", script], {
    onOutput(stdout, kill) {
      const signal = signals[sent];
      if (!signal || stdout.split("\n").length <= sent + 1) return;
      sent++;
      kill(signal);
    },
  });
  assertEquals(
    [killed.status, killed.stdout],
    [9, "ready\nTERM\nTERM\nINT\nINT\nHUP\nUSR1\nbye\n"],
  );
  assertEquals((await exec(["--", "sh", "-c", "kill -9 $$"])).status, 137);
});

test("an interrupt before the command runs is the end", async () => {
  const io = {
    env: {},
    stdout: () => {},
    stderr: () => {},
    isTerminal: false,
    signal: AbortSignal.abort(new Interrupted("interrupted")),
    takeSignals: () => () => {},
  };
  await assertRejects(() => runChild(["sh", "-c", "exit 0"], io), Interrupted);
});

test("a command that is not there, and attributes that are wrong", async () => {
  const absent = await exec(["--", "no-such-builder"]);
  assertEquals(absent.status, 127);
  assertStringIncludes(absent.stderr, "no-such-builder");
  await withServer(async (attributes) => {
    const failed = await exec(["--", "false", "--cache-to", attributes]);
    assertEquals(failed.status, 1);
    assertStringIncludes(failed.stderr, "if that is why it failed");
    const gone = await exec(["--", "no-such-builder", "--cache-to", attributes]);
    assertEquals([gone.status, gone.stderr.includes("never reached")], [127, false]);
  });
  const nowhere = await exec(["--listen", "0.0.0.0:0", "--", "echo"]);
  assertEquals([nowhere.status, nowhere.stdout], [1, ""]);
  assertStringIncludes(nowhere.stderr, "--advertise");
  const wrong = await exec(["--", "echo", "--cache-to", "type=s3,bucket=b"]);
  assertEquals([wrong.status, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, "--cache-to");
});
