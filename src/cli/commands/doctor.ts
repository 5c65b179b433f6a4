/**
 * `s3cache doctor`: whether a bucket does what a cache needs, and if not, why.
 *
 * @module
 */
import { explainCredentials } from "../../credentials/default_credentials.ts";
import { printable } from "../../format.ts";
import { diagnose } from "../../manage/doctor.ts";
import type { Check } from "../../manage/doctor_check.ts";
import { printResult, readAttributes } from "../common.ts";
import type { Command } from "../deps.ts";
import { ExitStatus, PROBLEMS_FOUND } from "../exit_status.ts";
import type { Io } from "../io.ts";
import { addManageOptions, type ManageOptions, withManageProgress } from "../manage.ts";

interface DoctorOptions extends ManageOptions {
  readOnly?: boolean;
}

const MARKS: Record<Check["status"], string> = {
  ok: "ok      ",
  warning: "warning ",
  problem: "PROBLEM ",
  skipped: "skipped ",
};

/** Adds the verb. */
export function addDoctor(program: Command, io: Io): void {
  addManageOptions(
    program.command("doctor")
      .description(
        "try endpoint, credentials, permissions and rules of a bucket; exit 3 if something is wrong",
      )
      .option("--read-only", "write nothing; without it objects are written and deleted again"),
  ).action((options: DoctorOptions) => runDoctor(options, io));
}

async function runDoctor(options: DoctorOptions, io: Io): Promise<void> {
  const attributes = await readAttributes(options.cache, "import", "--cache", io);
  const diagnosis = await withManageProgress(
    "doctor",
    options,
    io,
    async (settings) =>
      await diagnose(attributes, {
        ...settings,
        readOnly: options.readOnly,
        // A provider is what the default chain is asked for; keys are from the attributes.
        ...(typeof attributes.credentials === "function" && {
          credentialsReport: await explainCredentials({
            env: io.env,
            region: attributes.region,
            signal: io.signal,
          }),
        }),
      }),
  );
  const text = diagnosis.checks.map(describe).join("\n");
  printResult({ json: diagnosis, text }, options, io);
  if (diagnosis.problems > 0) throw new ExitStatus(PROBLEMS_FOUND);
}

function describe({ name, status, message, fix }: Check): string {
  const lines = message.split("\n").map(printable).join("\n        ");
  return `${MARKS[status]}${name}: ${lines}` + (fix ? `\n        fix: ${printable(fix)}` : "");
}
