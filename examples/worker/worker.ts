/**
 * The registry gateway at the edge. Blobs do not pass through it: clients are redirected to the
 * bucket, so that a worker pays for requests and not for bytes.
 *
 * Bindings: `CACHE`, an attribute string with credentials in it; `TOKEN`, what clients must know. Both
 * are secrets. With `READ_ONLY` set, builders can only import.
 *
 * @module
 */
import { createRegistry, importCache, parseAttributes, type Registry } from "s3cache";

interface Bindings {
  CACHE: string;
  TOKEN: string;
  READ_ONLY?: string;
}

/** One for each isolate, made by its first request, which brings the bindings. */
let registry: Registry | undefined;

export default {
  async fetch(request: Request, { CACHE, TOKEN, READ_ONLY }: Bindings): Promise<Response> {
    const cache = parseAttributes(CACHE, { direction: "export" });
    registry ??= createRegistry({
      cache,
      auth: { token: TOKEN },
      readOnly: READ_ONLY !== undefined,
      redirect: true,
    });
    const { pathname } = new URL(request.url);
    const [, name] = pathname.match(/^\/layers\/([\w.:-]+)$/) ?? [];
    if (name === undefined) return await registry(request);

    // The lazy cache, for something else than a builder: only the manifest is read.
    const { headers } = request;
    const allowed = await registry(new Request(new URL("/v2/", request.url), { headers }));
    if (!allowed.ok) return allowed;
    const { config } = await importCache({ ...cache, names: [name] });
    return Response.json(
      config.layers.map(({ blob, annotations }) => ({ blob, size: annotations?.size })),
    );
  },
};
