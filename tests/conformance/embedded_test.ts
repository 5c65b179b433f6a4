/** The suite on the embedded S3, in this process: on every runtime, and without an exception. */
import { test } from "../harness.ts";
import { CREDENTIALS, startS3 } from "../servers/s3_server.ts";
import { BUCKETS, type Server } from "./context.ts";
import { allCases, runCase } from "./suite.ts";

const session = { accessKeyId: "ASIATEMPORARY", secretAccessKey: "s", sessionToken: "to/ke+n==" };
const { options, fetch } = startS3({
  buckets: Object.values(BUCKETS),
  baseHost: "s3.test",
  credentials: [CREDENTIALS, session],
});
const server: Server = {
  name: "embedded",
  options,
  virtualHosted: { endpoint: "http://s3.test", fetch },
  session,
};

for (const named of allCases()) {
  test(`conformance, ${named.name}`, () => runCase(server, named));
}
