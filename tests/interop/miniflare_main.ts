/**
 * Runs a worker in Miniflare until it is told to end. Arguments: the directory of the package, and
 * Miniflare's options as JSON.
 */
import { createRequire } from "node:module";

const [directory, options] = Deno.args;
const { Miniflare } = createRequire(import.meta.url)(directory!);
const miniflare = new Miniflare(JSON.parse(options!));
await miniflare.ready;
Deno.addSignalListener("SIGTERM", async () => {
  await miniflare.dispose();
  Deno.exit();
});
