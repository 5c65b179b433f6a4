/** The servers that the suite is run against, in the order of the table. */
import { startEmbedded } from "./servers/embedded.ts";
import { startMinio } from "./servers/minio.ts";
import { startMoto } from "./servers/moto.ts";
import { startRclone } from "./servers/rclone.ts";
import type { StartServer } from "./servers/running.ts";
import { startS3sFs } from "./servers/s3s_fs.ts";
import { startVersitygw } from "./servers/versitygw.ts";

/** How to start each, by the name in the table. */
export const SERVERS = {
  embedded: startEmbedded,
  versitygw: startVersitygw,
  MinIO: startMinio,
  moto: startMoto,
  rclone: startRclone,
  "s3s-fs": startS3sFs,
} satisfies Record<string, StartServer>;
