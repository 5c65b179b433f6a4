/** versitygw, over a directory. */
import { tool, VERSIONS } from "../../../scripts/tools.ts";
import { CREDENTIALS, DOMAIN, startProcess, type StartServer } from "./running.ts";

/** Starts it. */
export const startVersitygw: StartServer = async (directory) => {
  const program = await tool("versitygw");
  await Deno.mkdir(`${directory}/data`);
  return await startProcess(directory, (port) => ({
    name: "versitygw",
    version: VERSIONS.versitygw,
    ready: "/health",
    argv: [
      program,
      ...["--port", `127.0.0.1:${port}`, "--health", "/health", "--quiet"],
      ...["--access", CREDENTIALS.accessKeyId, "--secret", CREDENTIALS.secretAccessKey],
      ...["--virtual-domain", DOMAIN],
      ...["posix", `${directory}/data`],
    ],
  }));
};
