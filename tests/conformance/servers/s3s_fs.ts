/** s3s-fs, over a directory. */
import { tool, VERSIONS } from "../../../scripts/tools.ts";
import { CREDENTIALS, DOMAIN, startProcess, type StartServer } from "./running.ts";

/** Starts it. */
export const startS3sFs: StartServer = async (directory) => {
  const program = await tool("s3s-fs");
  await Deno.mkdir(`${directory}/data`);
  return await startProcess(directory, (port) => ({
    name: "s3s-fs",
    version: VERSIONS["s3s-fs"],
    argv: [
      program,
      ...["--host", "127.0.0.1", "--port", String(port), "--domain", DOMAIN],
      ...["--access-key", CREDENTIALS.accessKeyId, "--secret-key", CREDENTIALS.secretAccessKey],
      `${directory}/data`,
    ],
  }));
};
