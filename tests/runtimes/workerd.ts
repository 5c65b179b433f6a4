/** The portable tests as a worker: workerd has no test runner of its own. */
import { runRegistered } from "./worker_runner.ts";
import "../portable.ts";

// What workerd runs is a default export.
export default { test: runRegistered };
