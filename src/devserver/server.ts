/**
 * The embedded S3: a fetch handler.
 *
 * @module
 */
import { faultResponse, S3Fault } from "./errors.ts";
import { parseRequest } from "./request.ts";
import { route } from "./routes.ts";
import { findBucket, type Service } from "./service.ts";
import { authenticate, type ServerCredentials } from "./signature.ts";
import type { ObjectStorage } from "./storage.ts";
import { createMemoryStorage } from "./storage_memory.ts";
import { httpTime } from "./time.ts";

const MIB = 1024 * 1024;

/** Options of {@linkcode createS3Server}. */
export interface S3ServerOptions {
  /**
   * Who may use the server. Without any, everybody may: signatures are then not looked at.
   */
  credentials?: ServerCredentials | readonly ServerCredentials[];
  /** The region that requests must be signed for; `us-east-1` if left out. */
  region?: string;
  /** Buckets that are made at the start, if they are not there. */
  buckets?: readonly string[];
  /** Where the buckets are; in memory if left out. */
  storage?: ObjectStorage;
  /** With it, `<bucket>.<baseHost>` addresses a bucket; the path does in any case. */
  baseHost?: string;
  /** The path below which S3 begins, such as `/s3`. */
  basePath?: string;
  /** Now, in milliseconds since 1970. */
  clock?: () => number;
  /** The least size of a part that is not the last, in bytes; 5 MiB if left out. */
  minPartSize?: number;
  /** The most that is put, uploaded as a part, or copied at once, in bytes; 5 GiB if left out. */
  maxPutSize?: number;
  /** Makes a bucket when it is first asked for. */
  autoCreateBuckets?: boolean;
}

/** An S3. */
export interface S3Server {
  /** Answers a request; never rejects. It is bound, and can be handed to any server as it is. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** What is in it. */
  readonly storage: ObjectStorage;
}

/**
 * Makes an S3 that runs wherever fetch does: it checks signatures, hashes and conditions, and
 * answers as S3 would, errors included.
 *
 * @example
 * ```ts
 * import { createS3Server } from "./mod.ts";
 *
 * const server = createS3Server({ buckets: ["cache"] });
 * const url = "http://localhost/cache/hello";
 * await server.fetch(new Request(url, { method: "PUT", body: "world" }));
 * const answer = await server.fetch(new Request(url));
 * console.assert(await answer.text() === "world");
 * ```
 *
 * @param options who may use it, and where it keeps its buckets
 * @returns the server
 */
export function createS3Server(options: S3ServerOptions = {}): S3Server {
  const storage = options.storage ?? createMemoryStorage();
  const service: Service = {
    storage,
    region: options.region ?? "us-east-1",
    clock: options.clock ?? Date.now,
    minPartSize: options.minPartSize ?? 5 * MIB,
    maxPutSize: options.maxPutSize ?? 5 * 1024 * MIB,
    autoCreateBuckets: options.autoCreateBuckets ?? false,
    completed: new Map(),
  };
  const credentials = [options.credentials ?? []].flat();
  const addressing = {
    baseHost: options.baseHost,
    basePath: options.basePath?.replace(/\/+$/, "") ?? "",
  };
  let ready: Promise<unknown> | undefined;
  const answer = async (request: Request): Promise<Response> => {
    await (ready ??= createBuckets(service, options.buckets ?? []));
    const parsed = parseRequest(request, addressing);
    await authenticate(parsed, { credentials, region: service.region, now: service.clock() });
    return await route(parsed)(service, parsed);
  };
  return {
    storage,
    async fetch(request) {
      const context = {
        resource: new URL(request.url).pathname,
        requestId: randomId(8).toUpperCase(),
        hostId: randomId(32),
        head: request.method === "HEAD",
      };
      const response = await answer(request).catch((error) =>
        faultResponse(asFault(error), context)
      );
      response.headers.set("x-amz-request-id", context.requestId);
      response.headers.set("x-amz-id-2", context.hostId);
      response.headers.set("date", httpTime(service.clock()));
      return response;
    },
  };
}

async function createBuckets(service: Service, names: readonly string[]): Promise<void> {
  for (const name of names) await findBucket({ ...service, autoCreateBuckets: true }, name);
}

/** What went wrong here is told to the client as it is: the server is for development. */
function asFault(error: unknown): S3Fault {
  if (error instanceof S3Fault) return error;
  return new S3Fault("InternalError", { message: `We encountered an internal error: ${error}` });
}

function randomId(bytes: number): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(bytes)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
