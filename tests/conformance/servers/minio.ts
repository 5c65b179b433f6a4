/** MinIO, on one drive. */
import { tool, VERSIONS } from "../../../scripts/tools.ts";
import { freePort } from "../../interop/daemon.ts";
import { CREDENTIALS, DOMAIN, startProcess, type StartServer } from "./running.ts";

/** Starts it. */
export const startMinio: StartServer = async (directory) => {
  const program = await tool("minio");
  return await startProcess(directory, (port) => ({
    name: "MinIO",
    version: VERSIONS.minio,
    ready: "/minio/health/ready",
    argv: [
      program,
      ...["server", "--quiet", "--certs-dir", `${directory}/certs`],
      ...["--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${freePort()}`],
      `${directory}/data`,
    ],
    env: {
      MINIO_ROOT_USER: CREDENTIALS.accessKeyId,
      MINIO_ROOT_PASSWORD: CREDENTIALS.secretAccessKey,
      MINIO_DOMAIN: DOMAIN,
      MINIO_SITE_REGION: "us-east-1",
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
  }));
};
