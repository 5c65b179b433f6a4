/** The planted failures as a worker. */
import { runRegistered } from "./worker_runner.ts";
import "./planted.ts";

export default { test: runRegistered };
