/** Servers of this machine that live as long as their test. */
import { type DaemonOptions, freePort, startDaemon } from "../../interop/daemon.ts";
import type { Server } from "../context.ts";

/** The domain below which servers take bucket names. No resolver knows it. */
export const DOMAIN = "s3.test";

/** Who may use the servers that can be told. */
export const CREDENTIALS = {
  accessKeyId: "conformance",
  secretAccessKey: "conformance-secret",
} as const;

/** A server that listens. */
export interface RunningServer extends Server, AsyncDisposable {
  /** Its version, if it is not ours. */
  version: string | undefined;
}

/** Starts a server that keeps its files in a directory. */
export type StartServer = (directory: string) => Promise<RunningServer>;

/** How to run a server. */
export interface ServerProcess extends Pick<DaemonOptions, "argv" | "env"> {
  name: string;
  version: string;
  /** A path that is answered when the server is ready, if the root is not enough. */
  ready?: string;
}

/**
 * Starts a server as a process.
 *
 * @param directory for its log
 * @param describe is given the port, and tells what to run
 */
export async function startProcess(
  directory: string,
  describe: (port: number) => ServerProcess,
): Promise<RunningServer> {
  const port = freePort();
  const { name, version, argv, env, ready = "/" } = describe(port);
  const endpoint = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    try {
      const answer = await fetch(endpoint + ready);
      await answer.body?.cancel();
      return answer.status < 500;
    } catch {
      return false;
    }
  };
  const daemon = await startDaemon({ argv, env, log: `${directory}/log`, isReady });
  return { ...viaSocket(name, endpoint, () => daemon.stop()), version };
}

/** A server that listens at a URL. */
export function viaSocket(
  name: string,
  endpoint: string,
  stop: () => Promise<void>,
): RunningServer {
  // Each server is its own proxy: that leads every host name to it.
  const client = Deno.createHttpClient({ proxy: { url: endpoint } });
  return {
    name,
    version: undefined,
    options: { endpoint, region: "us-east-1", credentials: CREDENTIALS },
    virtualHosted: {
      endpoint: `http://${DOMAIN}`,
      fetch: (input, init) => fetch(input, { ...init, client }),
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await stop();
    },
  };
}
