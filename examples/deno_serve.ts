/**
 * The registry gateway on Deno's own server:
 *
 *     S3CACHE_TOKEN=… deno run -NE examples/deno_serve.ts type=s3,region=eu-west-1,bucket=ci-cache
 *
 * @module
 */
import { createRegistry, parseAttributes } from "s3cache";

const [attributes = ""] = Deno.args;
const token = Deno.env.get("S3CACHE_TOKEN");
if (!token) throw new Error("S3CACHE_TOKEN: expected what clients must know");

const registry = createRegistry({
  cache: parseAttributes(attributes, { direction: "export", env: Deno.env.toObject() }),
  auth: { token },
  onWarning: (message) => console.error(message),
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT") ?? 5000) }, registry);
