/**
 * The s3cache command.
 *
 * @module
 */
import process from "node:process";
import { processIo } from "./io.ts";
import { run } from "./program.ts";

process.exitCode = await run(process.argv.slice(2), processIo());
