import { spawn } from "node:child_process";
import process from "node:process";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
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
  { input = "", onOutput }: { input?: string; onOutput?: (kill: () => void) => void } = {},
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const [command, ...args] = [...cliCommand, "exec", ...argv];
  const child = spawn(command!, args, { stdio: "pipe" });
  const outcome = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    outcome.stdout += chunk;
    onOutput?.(() => void process.kill(child.pid!, "SIGTERM"));
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
  const script = "trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.1; done";
  let kill: (() => void) | undefined;
  const killed = await exec(["--quiet", "--", "sh", "-c", script], {
    onOutput(send) {
      if (!kill) (kill = send)();
    },
  });
  assertEquals([killed.status, killed.stdout], [9, "ready\nbye\n"]);
  assertEquals((await exec(["--", "sh", "-c", "kill -9 $$"])).status, 137);
});

test("a command that is not there, and attributes that are wrong", async () => {
  const absent = await exec(["--", "no-such-builder"]);
  assertEquals(absent.status, 127);
  assertStringIncludes(absent.stderr, "no-such-builder");
  const nowhere = await exec(["--listen", "0.0.0.0:0", "--", "echo"]);
  assertEquals([nowhere.status, nowhere.stdout], [1, ""]);
  assertStringIncludes(nowhere.stderr, "--advertise");
  const wrong = await exec(["--", "echo", "--cache-to", "type=s3,bucket=b"]);
  assertEquals([wrong.status, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, "--cache-to");
});
