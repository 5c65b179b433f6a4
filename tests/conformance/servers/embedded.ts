/** The embedded S3, behind a socket. */
import { createS3Server } from "../../../src/devserver/mod.ts";
import { listen } from "../../../src/runtime/listen.ts";
import { CREDENTIALS, DOMAIN, type StartServer, viaSocket } from "./running.ts";

const session = { accessKeyId: "ASIATEMPORARY", secretAccessKey: "s", sessionToken: "to/ke+n==" };

/** Starts it. */
export const startEmbedded: StartServer = async () => {
  const { fetch } = createS3Server({ credentials: [CREDENTIALS, session], baseHost: DOMAIN });
  const listener = await listen(fetch);
  return { ...viaSocket("embedded", listener.url, () => listener.close()), session };
};
