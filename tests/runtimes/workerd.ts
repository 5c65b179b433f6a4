/** The portable tests as a worker: workerd has no test runner of its own. */
import { runRegistered } from "./worker_runner.ts";
import "../portable.ts";

export default { test: runRegistered };
