/** `rclone serve s3`, over a directory. */
import { tool, VERSIONS } from "../../../scripts/tools.ts";
import { CREDENTIALS, startProcess, type StartServer } from "./running.ts";

/** Starts it. */
export const startRclone: StartServer = async (directory) => {
  const program = await tool("rclone");
  await Deno.mkdir(`${directory}/data`);
  return await startProcess(directory, (port) => ({
    name: "rclone",
    version: VERSIONS.rclone,
    argv: [
      program,
      ...["serve", "s3", `${directory}/data`, "--config", `${directory}/rclone.conf`],
      ...["--addr", `127.0.0.1:${port}`],
      ...["--auth-key", `${CREDENTIALS.accessKeyId},${CREDENTIALS.secretAccessKey}`],
    ],
  }));
};
